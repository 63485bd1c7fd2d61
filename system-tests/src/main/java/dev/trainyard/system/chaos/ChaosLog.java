package dev.trainyard.system.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Log of the injected faults with timestamps, to be compared with the logs of the services. */
final class ChaosLog implements AutoCloseable {
    private final BufferedWriter out;

    ChaosLog(Path file) throws IOException {
        Files.deleteIfExists(file);
        // append mode, so that log rotation can truncate the file in place
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
