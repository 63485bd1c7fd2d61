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
import org.jspecify.annotations.Nullable;

/**
 * Error file {@code hs_err_pidN.log} that HotSpot writes on a fatal signal, or on a full heap with {@code
 * -XX:+CrashOnOutOfMemoryError}.
 *
 * @param signal name such as {@code SIGFPE}; null for a full heap
 * @param thread Java thread that received the signal; null for other threads
 */
record JvmErrorFile(@Nullable String signal, @Nullable String thread) {
    private static final Pattern SIGNAL = Pattern.compile("^#\\s+(SIG[A-Z]+) \\(0x", Pattern.MULTILINE);
    private static final Pattern HEAP_FULL = Pattern.compile("^#\\s+fatal error: OutOfMemory", Pattern.MULTILINE);
    private static final Pattern THREAD =
            Pattern.compile("^Current thread \\(0x[0-9a-f]+\\):\\s+\\w+ \"(.*)\"", Pattern.MULTILINE);
    /** Start of the list of memory mappings; missing if the disk was full. */
    private static final String LIBRARIES = "\nDynamic libraries:";
    /** A multiple of the usual size; the mappings come last. */
    private static final int READ_BYTES = 4 << 20;

    /**
     * @param since start of the process; older files belong to another process with the same id
     * @param library load address of the JVM's library, as in {@link JournalHeader}; null if unknown. A file with
     *     another address belongs to another process
     */
    static Optional<JvmErrorFile> read(Path path, Instant since, @Nullable String library) throws IOException {
        // file systems may have a resolution of one second
        if (!Files.isRegularFile(path)
                || Files.getLastModifiedTime(path).toInstant().isBefore(since.minusSeconds(1))) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(path)) {
            String text = new String(in.readNBytes(READ_BYTES), StandardCharsets.UTF_8);
            int libraries = text.indexOf(LIBRARIES);
            return library == null || libraries < 0 || text.indexOf("\n" + library + "-", libraries) > 0
                    ? parse(text)
                    : Optional.empty();
        }
    }

    /** Empty for other errors, such as native memory exhaustion, which a model may have caused. */
    static Optional<JvmErrorFile> parse(String text) {
        Matcher signal = SIGNAL.matcher(text);
        if (!signal.find()) {
            return HEAP_FULL.matcher(text).find() ? Optional.of(new JvmErrorFile(null, null)) : Optional.empty();
        }
        Matcher thread = THREAD.matcher(text);
        return Optional.of(new JvmErrorFile(signal.group(1), thread.find() ? thread.group(1) : null));
    }
}
