package dev.trainyard.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The described arguments of networks are those they accept. */
class NetworkArgumentsTest {
    private static final ImageShape IMAGE = new ImageShape(1, 28, 28);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    static Stream<Network> networks() {
        return Networks.all().stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void readAndDescribedArgumentsAreTheSame(Network network) {
        Set<String> described = new HashSet<>();
        for (FieldSpec<?> argument : network.arguments()) {
            described.add(argument.name());
            JsonFieldReader fields =
                    JsonFieldReader.of(JSON.objectNode().putNull(argument.name()), "", new ArrayList<>());
            network.spec(fields, IMAGE, 10);
            assertThat(fields.unread()).as(argument.name()).isEmpty();
        }
        List<Violation> violations = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(JSON.objectNode().put("unknown", 1), "", violations);
        network.spec(fields, IMAGE, 10);
        fields.rejectUnread();
        String accepted = violations.get(0).detail();
        if (accepted.contains("accepted are ")) {
            assertThat(described)
                    .contains(accepted.replaceAll(".*accepted are ", "").split(", "));
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theLimitsMatchTheDescription(Network network) {
        for (FieldSpec<?> argument : network.arguments()) {
            switch (argument.kind()) {
                case WORD -> {
                    argument.words().forEach(word -> accepts(network, argument, JSON.textNode(word)));
                    rejects(network, argument, JSON.textNode("no such word"));
                }
                case INTEGER, LONG, INTEGERS -> {
                    accepts(
                            network,
                            argument,
                            JSON.numberNode(argument.range().least().intValue()));
                    accepts(
                            network,
                            argument,
                            JSON.numberNode(argument.range().most().intValue()));
                    rejects(
                            network,
                            argument,
                            JSON.numberNode(argument.range().least().intValue() - 1));
                    rejects(
                            network,
                            argument,
                            JSON.numberNode(argument.range().most().intValue() + 1));
                }
                case DECIMAL -> {
                    double most = argument.range().most().doubleValue();
                    accepts(
                            network,
                            argument,
                            JSON.numberNode(argument.range().least().doubleValue()));
                    rejects(network, argument, JSON.numberNode(Math.nextUp(most)));
                    rejects(
                            network,
                            argument,
                            JSON.numberNode(argument.range().least().doubleValue() - 0.001));
                    if (argument.range().mostExcluded()) {
                        rejects(network, argument, JSON.numberNode(most));
                    } else {
                        accepts(network, argument, JSON.numberNode(most));
                    }
                }
            }
        }
    }

    private static void accepts(Network network, FieldSpec<?> argument, ValueNode value) {
        assertThat(violations(network, argument, value))
                .as("%s %s", argument.name(), value)
                .isEmpty();
    }

    private static void rejects(Network network, FieldSpec<?> argument, ValueNode value) {
        assertThat(violations(network, argument, value))
                .as("%s %s", argument.name(), value)
                .isNotEmpty();
    }

    private static List<Violation> violations(Network network, FieldSpec<?> argument, ValueNode value) {
        ObjectNode args = JSON.objectNode();
        if (argument.kind() == FieldSpec.Kind.INTEGERS) {
            ArrayNode list = args.putArray(argument.name());
            list.add(value);
        } else {
            args.set(argument.name(), value);
        }
        List<Violation> violations = new ArrayList<>();
        network.spec(JsonFieldReader.of(args, "", violations), IMAGE, 10);
        return violations;
    }
}
