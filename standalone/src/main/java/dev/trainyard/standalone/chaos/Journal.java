package dev.trainyard.standalone.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What happened when, line by line, to be read beside the services' logs. */
final class Journal implements AutoCloseable {
    private final BufferedWriter out;

    Journal(Path file) throws IOException {
        this.out = Files.newBufferedWriter(file);
    }

    synchronized void note(String what) {
        try {
            out.write(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + what);
            out.newLine();
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
