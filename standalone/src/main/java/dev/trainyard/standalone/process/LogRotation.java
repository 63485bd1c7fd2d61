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
 * Keeps the logs of a folder to a size. A log that is too long is copied aside and emptied in place, as the process that
 * writes it holds it open: it appends, so that it goes on at the new end. Whoever writes needs nobody to read, and goes
 * on where the launcher has died. Lines that are written between the copy and the emptying are lost.
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
     * Starts at once.
     *
     * @param mostBytes of a log before it is put aside
     * @param kept logs put aside, of each process; 0 for none
     * @param tell hears of trouble, in one line
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
        } catch (IOException | RuntimeException e) { // also what would end the schedule without a word
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
            Files.deleteIfExists(aside(log, 1)); // on a full disk half a copy would hold what others need
            throw e;
        } finally {
            // whether there is room for a copy or not: a log must not fill the disk
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
