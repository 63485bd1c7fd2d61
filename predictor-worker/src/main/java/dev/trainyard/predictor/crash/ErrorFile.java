package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The error file that HotSpot writes when a signal ends it, {@code hs_err_pidN.log}.
 *
 * @param signal its name, such as {@code SIGFPE}
 * @param thread the Java thread that was running; null if it was not a Java thread
 */
record ErrorFile(String signal, String thread) {
    private static final Pattern SIGNAL = Pattern.compile("^#\\s+(SIG[A-Z]+) \\(0x", Pattern.MULTILINE);
    private static final Pattern THREAD =
            Pattern.compile("^Current thread \\(0x[0-9a-f]+\\):\\s+\\w+ \"(.*)\"", Pattern.MULTILINE);
    /** Both lines are near the beginning; the rest is memory maps and registers. */
    private static final int READ_BYTES = 64 * 1024;

    /** @param since older files belong to another process with the same id */
    static Optional<ErrorFile> read(Path path, Instant since) throws IOException {
        // some file systems store only whole seconds
        if (!Files.isRegularFile(path)
                || Files.getLastModifiedTime(path).toInstant().isBefore(since.minusSeconds(1))) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(path)) {
            return parse(new String(in.readNBytes(READ_BYTES), StandardCharsets.UTF_8));
        }
    }

    /** Empty if the error was not a signal but, for example, a failed memory allocation. */
    static Optional<ErrorFile> parse(String text) {
        Matcher signal = SIGNAL.matcher(text);
        if (!signal.find()) {
            return Optional.empty();
        }
        Matcher thread = THREAD.matcher(text);
        return Optional.of(new ErrorFile(signal.group(1), thread.find() ? thread.group(1) : null));
    }
}
