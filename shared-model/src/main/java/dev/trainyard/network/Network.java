package dev.trainyard.network;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import java.util.List;

/** A type of network, selected by name, that converts its {@code network_args} to layers. */
public interface Network {

    /** The value of {@code network} in a training configuration. */
    String name();

    /** Display name, for example in forms. */
    String title();

    /** All arguments that {@link #spec} reads, in form order. */
    List<FieldSpec<?>> arguments();

    /**
     * Reads the arguments and reports violations to {@code args}; with violations the result is not used.
     *
     * @param args reader for {@code network_args}; fields not read here are errors
     */
    NetworkSpec spec(JsonFieldReader args, ImageShape input, int classes);
}
