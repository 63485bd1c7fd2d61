package dev.trainyard.standalone.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log, for an error that must say why. */
final class LogTail {
    private static final int LINES = 15;
    private static final int BYTES = 16_384;

    private LogTail() {}

    static String of(Path log) {
        try (var channel = Files.newByteChannel(log)) {
            long from = Math.max(0, channel.size() - BYTES);
            var buffer = java.nio.ByteBuffer.allocate((int) (channel.size() - from));
            channel.position(from);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until full
            }
            List<String> lines =
                    new String(buffer.array(), StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }
}
