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
 * Limits the size of the logs in a folder. A log is copied and then truncated in place, because the writing process
 * keeps it open in append mode. The writers therefore do not depend on the launcher. Lines written between the copy and
 * the truncation are lost. A log that cannot be copied is truncated at twice its maximum size.
 */
public final class LogRotation implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Path folder;
    private final long maxBytes;
    private final int maxFiles;
    private final Consumer<String> messages;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "log-rotation");
        thread.setDaemon(true);
        return thread;
    });
    private boolean failing;

    /**
     * Starts the rotation.
     *
     * @param maxBytes size at which a log is rotated
     * @param maxFiles rotated logs kept per process; 0 for none
     * @param messages receives errors, in one line each
     */
    public LogRotation(Path folder, long maxBytes, int maxFiles, Consumer<String> messages) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.maxFiles = maxFiles;
        this.messages = messages;
        timer.scheduleWithFixedDelay(this::rotate, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized void rotate() {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path log : logs) {
                if (Files.size(log) > maxBytes) {
                    rotate(log);
                }
            }
            failing = false;
        } catch (IOException | RuntimeException e) { // an unchecked exception would silently end the schedule
            if (!failing) {
                messages.accept("The logs in %s cannot be rotated: %s".formatted(folder, e));
            }
            failing = true;
        }
    }

    private void rotate(Path log) throws IOException {
        try (FileChannel written = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (maxFiles == 0) {
                written.truncate(0);
                return;
            }
            Path copy = log.resolveSibling(log.getFileName() + ".new");
            try (FileChannel copied = FileChannel.open(
                    copy, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                long end = copy(written, 0, copied);
                shiftAndStore(copy, log);
                try {
                    copy(written, end, copied); // lines written during the first copy
                } finally {
                    written.truncate(0);
                }
            } catch (IOException e) {
                if (written.size() > 2 * maxBytes) {
                    written.truncate(0); // truncated without a copy: a log must not fill the disk
                }
                Files.deleteIfExists(copy); // on a full disk an incomplete copy would take space that others need
                throw e;
            }
        }
    }

    /** Copies everything from {@code start} to the current end; returns the position of that end. */
    private static long copy(FileChannel from, long start, FileChannel to) throws IOException {
        long end = from.size();
        long position = start;
        while (position < end) {
            position += from.transferTo(position, end - position, to);
        }
        return end;
    }

    private void shiftAndStore(Path copy, Path log) throws IOException {
        for (int number = maxFiles; number > 1; number--) {
            Path newer = rotatedFile(log, number - 1);
            if (Files.exists(newer)) {
                Files.move(newer, rotatedFile(log, number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(copy, rotatedFile(log, 1), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path rotatedFile(Path log, int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
