package dev.trainyard.network;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All available networks. To add one, implement {@link Network} and list it here. */
public final class Networks {
    private static final List<Network> ALL = List.of(new Mlp(), new Lenet5());

    private Networks() {}

    public static List<Network> all() {
        return ALL;
    }

    public static List<String> names() {
        return ALL.stream().map(Network::name).toList();
    }

    public static Optional<Network> find(String name) {
        return ALL.stream().filter(network -> network.name().equals(name)).findFirst();
    }

    /**
     * Returns the layers of a network whose arguments were already validated.
     *
     * @throws IllegalArgumentException if the network is unknown or its arguments are not valid
     */
    public static NetworkSpec spec(String name, ObjectNode args, ImageShape input, int classes) {
        Network network = find(name).orElseThrow(() -> new IllegalArgumentException("unknown network: " + name));
        List<Violation> violations = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(args, "/network_args", violations);
        NetworkSpec spec = network.spec(fields, input, classes);
        fields.rejectUnread();
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException("network_args of %s are not valid: %s".formatted(name, violations));
        }
        return spec;
    }
}
