package dev.trainyard.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of {@code engine} in a training configuration. Names, because workers of other releases have other engines. */
public final class EngineChoice {
    /** The first engine in the worker's order that works for the network. */
    public static final String AUTO = "auto";

    /** All engines of this release, whichever of them a worker has. */
    public static final List<String> ENGINES = List.of("vector", "dl4j", "libtorch");

    /** Values that a configuration may contain. */
    public static final List<String> ALL = List.of(AUTO, "vector", "dl4j", "libtorch");

    private EngineChoice() {}

    /** Returns the id in an engine's name such as {@code vector 1}, which is without the version; null for null. */
    public static @Nullable String id(@Nullable String name) {
        return name == null ? null : name.split(" ", 2)[0];
    }
}
