package dev.trainyard.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Checkpoints name their engine: they start with {@code TY} and its id in upper case, such as {@code TYDL4J}. */
public final class EngineCheckpoints {
    private EngineCheckpoints() {}

    /** Returns which of the engines wrote the checkpoint; empty if it was none of them. */
    public static Optional<String> writer(byte[] checkpoint, Collection<String> engines) {
        return engines.stream().filter(id -> isOf(checkpoint, id)).findFirst();
    }

    static boolean isOf(byte[] checkpoint, String id) {
        byte[] start = ("TY" + id.toUpperCase(Locale.ROOT)).getBytes(StandardCharsets.US_ASCII);
        return checkpoint.length >= start.length && Arrays.equals(checkpoint, 0, start.length, start, 0, start.length);
    }
}
