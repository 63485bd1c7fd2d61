package dev.trainyard.gateway.prediction.batch;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A request's body that arrived. Until then all but 64 KiB of it lies in a file: whoever sends slowly would otherwise
 * hold memory that others want.
 */
final class ArrivedBody implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    /** Deleted when it is closed; null while the buffer held all. */
    private FileChannel file;

    private int size;

    private ArrivedBody() {}

    /**
     * What bodies are held to while they arrive.
     *
     * @param most bytes of one
     * @param time for all of one; looked at whenever some of it came
     * @param disk bytes of all of them in {@code folder}
     */
    record Limits(int most, Duration time, Path folder, MemoryBudget disk) {}

    /**
     * Reads all of {@code body}.
     *
     * @throws ProblemException 413 if it is too large, 504 if it took too long, 503 if too many others arrive
     */
    static ArrivedBody receive(InputStream body, Limits limits) throws IOException {
        ArrivedBody arrived = new ArrivedBody();
        try (MemoryBudget.Share disk = limits.disk().none()) {
            arrived.readAll(body, limits, disk);
            return arrived;
        } catch (IOException | RuntimeException e) {
            arrived.close();
            throw e;
        }
    }

    private void readAll(InputStream body, Limits limits, MemoryBudget.Share disk) throws IOException {
        long deadline = System.nanoTime() + limits.time().toNanos();
        int more = body.read(buffer, 0, BUFFER);
        while (more >= 0) {
            size += more;
            buffered += more;
            if (size > limits.most()) {
                throw tooLarge(limits.most());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ProblemException(
                        ProblemType.TIMEOUT,
                        "The batch did not arrive within %s s."
                                .formatted(limits.time().toSeconds()));
            }
            if (buffered == BUFFER) {
                if (!disk.growTo(size)) {
                    throw new ProblemException(
                            ProblemType.UNAVAILABLE, "Many batches are arriving already. Try again.", RETRY);
                }
                putAside(limits.folder());
            }
            more = body.read(buffer, buffered, BUFFER - buffered);
        }
    }

    private void putAside(Path folder) throws IOException {
        if (file == null) {
            Path path = Files.createTempFile(folder, "batch", null);
            file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        buffered = 0;
    }

    static ProblemException tooLarge(int most) {
        return new ProblemException(
                ProblemType.TOO_LARGE,
                "The batch has more than %d bytes (%d MB); send it in parts.".formatted(most, most / 1024 / 1024));
    }

    /** Bytes. */
    int size() {
        return size;
    }

    /** All of it. */
    byte[] read() throws IOException {
        byte[] all = new byte[size];
        ByteBuffer aside = ByteBuffer.wrap(all, 0, size - buffered);
        while (aside.hasRemaining()) {
            if (file.read(aside, aside.position()) < 0) {
                throw new EOFException("the file of a batch is shorter than what was written to it");
            }
        }
        System.arraycopy(buffer, 0, all, size - buffered, buffered);
        return all;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
