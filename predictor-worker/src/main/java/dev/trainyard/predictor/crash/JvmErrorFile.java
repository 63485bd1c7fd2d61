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
 * What HotSpot writes when a signal ends it, or when its heap is full and {@code -XX:+CrashOnOutOfMemoryError} is set:
 * {@code hs_err_pidN.log}.
 *
 * @param signal its name, such as {@code SIGFPE}; null if the heap was full
 * @param thread the Java thread that it hit; null if it was no Java thread
 */
record JvmErrorFile(String signal, String thread) {
    private static final Pattern SIGNAL = Pattern.compile("^#\\s+(SIG[A-Z]+) \\(0x", Pattern.MULTILINE);
    private static final Pattern HEAP_FULL = Pattern.compile("^#\\s+fatal error: OutOfMemory", Pattern.MULTILINE);
    private static final Pattern THREAD =
            Pattern.compile("^Current thread \\(0x[0-9a-f]+\\):\\s+\\w+ \"(.*)\"", Pattern.MULTILINE);
    /** Precedes what is mapped into the memory of the process; not there if the disk was full. */
    private static final String LIBRARIES = "\nDynamic libraries:";
    /** A multiple of what it takes; the maps come last. */
    private static final int READ_BYTES = 4 << 20;

    /**
     * @param since older ones are of another process that had the same number
     * @param library where the JVM's library lay, as in {@link JournalHeader}; null if it is not known. With another it is
     *     of another process
     */
    static Optional<JvmErrorFile> read(Path path, Instant since, String library) throws IOException {
        // a file system may keep seconds only
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

    /** Empty where it tells of neither but, say, of memory that the system did not give, which a model may have taken. */
    static Optional<JvmErrorFile> parse(String text) {
        Matcher signal = SIGNAL.matcher(text);
        if (!signal.find()) {
            return HEAP_FULL.matcher(text).find() ? Optional.of(new JvmErrorFile(null, null)) : Optional.empty();
        }
        Matcher thread = THREAD.matcher(text);
        return Optional.of(new JvmErrorFile(signal.group(1), thread.find() ? thread.group(1) : null));
    }
}
