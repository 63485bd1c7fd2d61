package dev.trainyard.standalone.kafka;

import dev.trainyard.kafka.AccessRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/**
 * Passwords of the embedded broker's users, random for each data folder, in files that only this user can read: {@code
 * NAME.password}, and {@code NAME.jaas} with the same in the form that Kafka's clients read.
 */
public final class KafkaSecrets {
    /** Mutual: a process that takes the broker's port while it is down learns no password. */
    public static final String MECHANISM = "SCRAM-SHA-256";

    static final String PROTOCOL = "SASL_PLAINTEXT";
    /** The node's own user, for connections between its broker and its controller. */
    static final String BROKER = "broker";

    private static final List<String> USERS = Stream.concat(
                    Stream.of(BROKER, AccessRules.ADMIN), AccessRules.SERVICES.stream())
            .toList();

    private final Path kafka;
    private final Path folder;

    private KafkaSecrets(Path kafka) {
        this.kafka = kafka;
        this.folder = kafka.resolve("secrets");
    }

    /** Opens the secrets of the broker whose data is in {@code kafka}; creates those that are missing. */
    public static KafkaSecrets in(Path kafka) throws IOException {
        KafkaSecrets secrets = new KafkaSecrets(kafka);
        Files.createDirectories(
                secrets.folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String user : USERS) {
            if (!Files.exists(secrets.passwordFile(user))) {
                byte[] random = new byte[16];
                new SecureRandom().nextBytes(random);
                write(secrets.passwordFile(user), HexFormat.of().formatHex(random) + "\n");
            }
            write(secrets.jaasFile(user), jaas(user, secrets.password(user)) + "\n");
        }
        return secrets;
    }

    /** Written as a whole, so that an interrupted start leaves no half of a password. */
    private static void write(Path file, String text) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return;
        }
        Path temp = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temp);
        Files.createFile(temp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temp, text);
        Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String jaas(String user, String password) {
        return "%s required username=\"%s\" password=\"%s\";"
                .formatted(ScramLoginModule.class.getName(), user, password);
    }

    private Path passwordFile(String user) {
        return folder.resolve(user + ".password");
    }

    /** File with the setting {@code sasl.jaas.config} of {@code user}. */
    public Path jaasFile(String user) {
        return folder.resolve(user + ".jaas");
    }

    private String password(String user) throws IOException {
        return Files.readString(passwordFile(user)).strip();
    }

    /** Passwords by user. */
    Map<String, String> passwords() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        for (String user : USERS) {
            all.put(user, password(user));
        }
        return all;
    }

    /** Client settings with which {@code user} connects to the broker at {@code bootstrapServers}. */
    public Map<String, Object> client(String user, String bootstrapServers) throws IOException {
        return Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "security.protocol",
                PROTOCOL,
                "sasl.mechanism",
                MECHANISM,
                "sasl.jaas.config",
                jaas(user, password(user)));
    }

    /** The same as environment variables of a service, with the password in a file. */
    public Map<String, String> environment(String user) {
        return Map.of(
                "KAFKA_SECURITY_PROTOCOL",
                PROTOCOL,
                "KAFKA_SASL_MECHANISM",
                MECHANISM,
                "KAFKA_SASL_JAAS_CONFIG_FILE",
                jaasFile(user).toString());
    }

    /** Settings of a node that knows only these users and permits only what the access rules say. */
    Map<String, String> broker() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "listener.security.protocol.map",
                "%s:%1$s,CONTROLLER:%1$s".formatted(PROTOCOL),
                "security.inter.broker.protocol",
                PROTOCOL,
                "sasl.enabled.mechanisms",
                MECHANISM,
                "sasl.mechanism.inter.broker.protocol",
                MECHANISM,
                "sasl.mechanism.controller.protocol",
                MECHANISM,
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found",
                "false",
                "super.users",
                AccessRules.principal(BROKER) + ";" + AccessRules.principal(AccessRules.ADMIN)));
        for (String listener : List.of(PROTOCOL, "CONTROLLER")) {
            String prefix =
                    "listener.name.%s.%s.".formatted(listener, MECHANISM).toLowerCase(java.util.Locale.ROOT);
            settings.put(prefix + "sasl.jaas.config", jaas(BROKER, password(BROKER)));
            settings.put(prefix + "sasl.server.callback.handler.class", SecretsCallbackHandler.class.getName());
        }
        settings.put(SecretsCallbackHandler.FOLDER, kafka.toString());
        return settings;
    }
}
