package dev.trainyard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The access rules of {@code access-rules.csv} as Kafka's access control lists. */
public final class AccessRules {
    /** Users that services connect as. */
    public static final List<String> SERVICES = List.of("gateway", "trainer", "predictor");

    /** Super user, who creates the rules. */
    public static final String ADMIN = "admin";

    private static final String PREFIX = "*";
    private static final String ANY_HOST = "*";

    private AccessRules() {}

    /** All rules of the platform. */
    public static Set<AclBinding> all() {
        try (InputStream list =
                Objects.requireNonNull(AccessRules.class.getResourceAsStream("access-rules.csv"), "part of this jar")) {
            return parse(new String(list.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name by which Kafka knows {@code user}. */
    public static String principal(String user) {
        return "User:" + user;
    }

    static Set<AclBinding> parse(String list) {
        return list.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .flatMap(AccessRules::line)
                .collect(Collectors.toSet());
    }

    private static Stream<AclBinding> line(String line) {
        String[] fields = line.split(",");
        if (fields.length != 4) {
            throw new IllegalArgumentException("A rule has four fields, unlike: " + line);
        }
        String name = fields[2].strip();
        boolean prefix = name.endsWith(PREFIX);
        ResourcePattern resource = new ResourcePattern(
                ResourceType.fromString(fields[1].strip()),
                prefix ? name.substring(0, name.length() - PREFIX.length()) : name,
                prefix ? PatternType.PREFIXED : PatternType.LITERAL);
        return Arrays.stream(fields[3].strip().split(" "))
                .map(operation -> new AclBinding(
                        resource,
                        new AccessControlEntry(
                                principal(fields[0].strip()),
                                ANY_HOST,
                                operation(operation),
                                AclPermissionType.ALLOW)));
    }

    private static AclOperation operation(String name) {
        AclOperation operation = AclOperation.fromString(
                name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
        if (operation.isUnknown()) {
            throw new IllegalArgumentException("Kafka has no operation " + name);
        }
        return operation;
    }
}
