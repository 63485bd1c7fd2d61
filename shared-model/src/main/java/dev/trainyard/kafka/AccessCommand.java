package dev.trainyard.kafka;

import dev.trainyard.settings.SecretFiles;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Gives a broker the platform's access rules and, for those users that have one in the environment ({@code
 * TRAINYARD_KAFKA_GATEWAY_PASSWORD} or {@code ..._FILE}), their passwords. Connects as an administrator with the
 * {@code KAFKA_} variables of its environment. May be repeated.
 */
public final class AccessCommand {
    private static final long LIMIT_SECONDS = 30;

    private AccessCommand() {}

    public static void main(String[] args) throws InterruptedException {
        try {
            System.out.println(run(System.getenv()));
        } catch (KafkaException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Returns what was changed. */
    public static String run(Map<String, String> environment) throws InterruptedException {
        Map<String, String> passwords = new LinkedHashMap<>();
        for (String user : AccessRules.SERVICES) {
            String variable = "TRAINYARD_KAFKA_%s_PASSWORD".formatted(user.toUpperCase(java.util.Locale.ROOT));
            SecretFiles.value(variable, environment).ifPresent(password -> passwords.put(user, password));
        }
        try (Admin admin = Admin.create(KafkaEnvironment.settings(environment))) {
            AccessInstaller installer = new AccessInstaller(admin, LIMIT_SECONDS);
            AccessInstaller.Changes changes = installer.applyRules();
            if (!passwords.isEmpty()) {
                installer.setPasswords(passwords);
            }
            return "Access rules: %d created, %d deleted. Passwords set: %s."
                    .formatted(changes.created(), changes.deleted(), passwords.keySet());
        }
    }
}
