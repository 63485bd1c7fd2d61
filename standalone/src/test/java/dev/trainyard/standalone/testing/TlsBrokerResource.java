package dev.trainyard.standalone.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/**
 * Gives a Quarkus test a {@link TlsBroker} by Kafka's standard settings, and empty folders. The argument {@code user}
 * names the service; with {@code certificate=true} it has a certificate instead of a password.
 */
public final class TlsBrokerResource implements QuarkusTestResourceLifecycleManager {
    private static final String ADMINISTRATOR = "test.administrator.";

    private Map<String, String> arguments = Map.of();
    private TlsBroker broker;

    /** Settings of an administrator of the broker, for the test's own clients. */
    public static Map<String, Object> administrator(Config config) {
        Map<String, Object> settings = new HashMap<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith(ADMINISTRATOR)) {
                settings.put(name.substring(ADMINISTRATOR.length()), config.getValue(name, String.class));
            }
        }
        return settings;
    }

    /** After {@link PlatformResource}, whose broker is replaced. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public void init(Map<String, String> given) {
        arguments = given;
    }

    @Override
    public Map<String, String> start() {
        try {
            broker = new TlsBroker();
            Map<String, String> settings = new HashMap<>();
            String user = arguments.getOrDefault("user", "gateway");
            (Boolean.parseBoolean(arguments.get("certificate")) ? broker.byCertificate(user) : broker.byPassword(user))
                    .forEach((name, value) -> settings.put("kafka." + name, String.valueOf(value)));
            broker.byCertificate("admin")
                    .forEach((name, value) -> settings.put(ADMINISTRATOR + name, String.valueOf(value)));
            settings.put(
                    "trainyard.artifacts.dir",
                    Files.createTempDirectory("trainyard-artifacts").toString());
            settings.put(
                    "trainyard.state.dir",
                    Files.createTempDirectory("trainyard-state").toString());
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {
        try {
            if (broker != null) {
                broker.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
