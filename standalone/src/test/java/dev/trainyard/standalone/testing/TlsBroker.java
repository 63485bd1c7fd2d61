package dev.trainyard.standalone.testing;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.kafka.AccessInstaller;
import dev.trainyard.kafka.AccessRules;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.security.scram.internals.ScramSaslClientProvider;
import org.apache.kafka.common.security.scram.internals.ScramSaslServerProvider;

/**
 * A broker as an operator runs it: TLS everywhere, users by SCRAM-SHA-512 on one listener and by certificate on another,
 * the access rules, and nothing else permitted.
 */
public final class TlsBroker implements AutoCloseable {
    private static final String SCRAM = "SCRAM-SHA-512";
    private static final String JAAS =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";

    private final Path folder = Files.createTempDirectory("trainyard-tls");
    private final Certificates certificates = new Certificates(folder);
    private final int passwordPort = Ports.free();
    private final int certificatePort = Ports.free();
    private final Path trusted;
    private final KafkaNode node;

    public TlsBroker() throws IOException, InterruptedException, GeneralSecurityException {
        useOwnSaslProviders();
        trusted = certificates.trustStore("trusted", "broker", "admin", "gateway", "trainer", "predictor");
        int controllerPort = Ports.free();
        node = KafkaNode.start(folder.resolve("kafka"), controllerPort, settings(controllerPort));
        try (Admin admin = Admin.create(byCertificate("admin"))) {
            AccessInstaller installer = new AccessInstaller(admin, 30);
            installer.applyRules();
            Map<String, String> passwords = new HashMap<>();
            AccessRules.SERVICES.forEach(user -> passwords.put(user, password(user)));
            installer.setPasswords(passwords);
        }
        TopicInstaller.installAndAlter(byCertificate("gateway"), TopicRetention.DEFAULTS, 60);
    }

    /**
     * Kafka registers its SASL mechanisms once for the whole JVM. Those of another class loader, as of a Quarkus test that
     * ran before, do not recognize the callbacks of this one, and would refuse every password.
     */
    private static void useOwnSaslProviders() {
        for (Provider provider : Security.getProviders()) {
            if (provider.getName().startsWith("SASL/SCRAM")) {
                Security.removeProvider(provider.getName());
            }
        }
        ScramSaslClientProvider.initialize();
        ScramSaslServerProvider.initialize();
    }

    private Map<String, String> settings(int controllerPort) throws IOException, InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "listeners",
                "PASSWORD://127.0.0.1:%d,CERTIFICATE://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(passwordPort, certificatePort, controllerPort));
        settings.put("listener.security.protocol.map", "PASSWORD:SASL_SSL,CERTIFICATE:SSL,CONTROLLER:SSL");
        settings.put("inter.broker.listener.name", "CERTIFICATE");
        settings.put("sasl.enabled.mechanisms", SCRAM);
        settings.put("listener.name.password.scram-sha-512.sasl.jaas.config", JAAS.formatted("unused", "unused"));
        settings.put("listener.name.certificate.ssl.client.auth", "required");
        settings.put("listener.name.controller.ssl.client.auth", "required");
        settings.put("ssl.principal.mapping.rules", "RULE:^CN=([a-z]+),.*$/$1/");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("super.users", "User:broker;User:admin");
        tls("broker", trusted).forEach((name, value) -> settings.put(name, String.valueOf(value)));
        return settings;
    }

    private Map<String, Object> tls(String name, Path trustStore) throws IOException, InterruptedException {
        return Map.of(
                "ssl.keystore.location",
                certificates.keyStore(name).toString(),
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.password",
                Certificates.PASSWORD,
                "ssl.truststore.location",
                trustStore.toString(),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.password",
                Certificates.PASSWORD);
    }

    private static String password(String user) {
        return "secret-of-" + user;
    }

    /** Client settings of a user with a certificate (mTLS). */
    public Map<String, Object> byCertificate(String user) throws IOException, InterruptedException {
        Map<String, Object> client = new HashMap<>(tls(user, trusted));
        client.put("bootstrap.servers", "127.0.0.1:" + certificatePort);
        client.put("security.protocol", "SSL");
        return client;
    }

    /** Client settings of a user with a password (SASL_SSL). */
    public Map<String, Object> byPassword(String user) throws IOException, InterruptedException {
        Map<String, Object> client = new HashMap<>(tls(user, trusted));
        client.keySet().removeIf(name -> name.startsWith("ssl.keystore"));
        client.put("bootstrap.servers", "127.0.0.1:" + passwordPort);
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", SCRAM);
        client.put("sasl.jaas.config", JAAS.formatted(user, password(user)));
        return client;
    }

    /** Those of a user who trusts other brokers only. */
    public Map<String, Object> untrusting(String user)
            throws IOException, InterruptedException, GeneralSecurityException {
        Map<String, Object> client = new HashMap<>(byPassword(user));
        client.put(
                "ssl.truststore.location",
                certificates.trustStore("others", "somebody").toString());
        return client;
    }

    /** Those of a user whose certificate the broker does not know. */
    public Map<String, Object> unknown() throws IOException, InterruptedException {
        Map<String, Object> client = new HashMap<>(byCertificate("gateway"));
        client.put("ssl.keystore.location", certificates.keyStore("stranger").toString());
        return client;
    }

    @Override
    public void close() throws IOException {
        node.close();
        FileTree.delete(folder);
    }
}
