package dev.trainyard.standalone.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What happened when, line by line, to be read beside the services' logs. */
final class ChaosLog implements AutoCloseable {
    private final BufferedWriter out;

    ChaosLog(Path file) throws IOException {
        Files.deleteIfExists(file);
        // appended to, so that the log may be emptied in place when it is too long
        this.out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
