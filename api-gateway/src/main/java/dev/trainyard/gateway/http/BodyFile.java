package dev.trainyard.gateway.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds a large body on disk while it arrives, so that a slow sender takes no memory. Deleted on close. */
final class BodyFile implements AutoCloseable {
    private final FileChannel channel;

    private BodyFile(FileChannel channel) {
        this.channel = channel;
    }

    static BodyFile create(Path folder) throws IOException {
        Path path = Files.createTempFile(folder, "body", null);
        return new BodyFile(FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
    }

    void append(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    byte[] read() throws IOException {
        byte[] all = new byte[Math.toIntExact(channel.size())];
        ByteBuffer into = ByteBuffer.wrap(all);
        while (into.hasRemaining()) {
            if (channel.read(into, into.position()) < 0) {
                throw new EOFException("the file of a body is shorter than the data written to it");
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
