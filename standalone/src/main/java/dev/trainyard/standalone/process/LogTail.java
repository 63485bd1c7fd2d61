package dev.trainyard.standalone.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Extracts the last error line of a log, for one-line error messages. */
final class LogTail {
    private static final int BYTES = 65_536;
    private static final int WIDTH = 300;

    private LogTail() {}

    static String of(Path log) {
        List<String> lines;
        try {
            lines = end(log).lines().toList();
        } catch (IOException e) {
            return "unreadable: " + e.getMessage();
        }
        String last = lines.isEmpty() ? "empty" : lines.get(lines.size() - 1);
        for (String line : lines) {
            boolean isError = line.contains("ERROR") || line.contains("WARN") || line.contains("FATAL");
            last = isError ? line : last;
        }
        return last.length() <= WIDTH ? last : last.substring(0, WIDTH) + "…";
    }

    private static String end(Path log) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - BYTES));
            ByteBuffer buffer = ByteBuffer.allocate(BYTES);
            int read = 0;
            while (buffer.hasRemaining() && read >= 0) {
                read = channel.read(buffer);
            }
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        }
    }
}
