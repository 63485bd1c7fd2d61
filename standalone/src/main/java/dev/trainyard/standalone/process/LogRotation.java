package dev.trainyard.standalone.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Limits the size of the logs in a folder. A log that is too long is copied and truncated in place, because its process
 * holds it open in append mode. A process can therefore keep writing even if the launcher has died. Lines written
 * between the copy and the truncation are lost.
 */
public final class LogRotation implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Path folder;
    private final long mostBytes;
    private final int kept;
    private final Consumer<String> tell;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "log-rotation");
        thread.setDaemon(true);
        return thread;
    });
    private boolean failing;

    /**
     * Starts immediately.
     *
     * @param mostBytes size at which a log is rotated
     * @param kept number of old logs for each process; 0 for none
     * @param tell receives error messages of one line
     */
    public LogRotation(Path folder, long mostBytes, int kept, Consumer<String> tell) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        this.kept = kept;
        this.tell = tell;
        timer.scheduleWithFixedDelay(this::rotate, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized void rotate() {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path log : logs) {
                if (Files.size(log) > mostBytes) {
                    rotate(log);
                }
            }
            failing = false;
        } catch (IOException | RuntimeException e) { // a runtime exception would silently end the schedule
            if (!failing) {
                tell.accept("The logs in %s cannot be kept to their size: %s".formatted(folder, e));
            }
            failing = true;
        }
    }

    private void rotate(Path log) throws IOException {
        for (int number = kept; number > 1; number--) {
            Path newer = aside(log, number - 1);
            if (Files.exists(newer)) {
                Files.move(newer, aside(log, number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        try {
            if (kept > 0) {
                Files.copy(log, aside(log, 1), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            Files.deleteIfExists(aside(log, 1)); // on a full disk, half a copy would take space that others need
            throw e;
        } finally {
            // truncate even if the copy failed: a log must not fill the disk
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }

    private static Path aside(Path log, int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
