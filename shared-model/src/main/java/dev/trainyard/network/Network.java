package dev.trainyard.network;

import dev.trainyard.validation.JsonFieldReader;
import java.util.List;

/** A kind of network that can be asked for by name; turns its {@code network_args} into layers. */
public interface Network {

    /** The value of {@code network} in a training configuration. */
    String name();

    /** Its name for people, such as in a form. */
    String title();

    /** All that {@link #spec} reads, in the order of a form. */
    List<NetworkArgument> arguments();

    /**
     * Reads the arguments; whatever is wrong with them is reported to {@code args}, and the spec is then not used.
     *
     * @param args the fields of {@code network_args}; a field that is not read here is an error
     */
    NetworkSpec spec(JsonFieldReader args, ImageShape input, int classes);
}
