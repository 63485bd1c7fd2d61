package dev.trainyard.standalone.testing;

import dev.trainyard.message.TopicInstaller;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A started platform by its addresses. Quarkus loads test classes anew for each profile, and the system class loader
 * keeps the processes, so that all profiles of a JVM use the same ones.
 */
record SharedPlatform(String jdbcUrl, String user, String password, String bootstrapServers) implements TestPlatform {
    /** Started by the first call. */
    static SharedPlatform named(String name) {
        try {
            Object addresses = ClassLoader.getSystemClassLoader()
                    .loadClass(Holder.class.getName())
                    .getMethod("addresses", String.class)
                    .invoke(null, name);
            List<?> all = (List<?>) addresses;
            return new SharedPlatform(
                    (String) all.get(0), (String) all.get(1), (String) all.get(2), (String) all.get(3));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the shared test platform could not be started", e);
        }
    }

    /** The platform stops with the JVM. */
    @Override
    public void close() {}

    /** The same servers with an empty database and empty topics, as a new platform has them. */
    SharedPlatform emptied() {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        PGSimpleDataSource servers = new PGSimpleDataSource(); // DriverManager knows no driver of a Quarkus loader
        servers.setUrl(jdbcUrl);
        try (Connection admin = servers.getConnection(user, password)) {
            admin.createStatement().execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        recreateTopics();
        String url = jdbcUrl.replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
        return new SharedPlatform(url, user, password, bootstrapServers);
    }

    private void recreateTopics() {
        try (Admin admin = Admin.create(kafka())) {
            // offsets of consumer groups go with the topics
            Set<String> topics = new HashSet<>(admin.listTopics().names().get());
            admin.deleteTopics(topics).all().get();
            // the broker learns of it later than the controller, and would still accept records for the deleted topics
            while (!Collections.disjoint(admin.listTopics().names().get(), topics)) {
                Thread.onSpinWait();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        TopicInstaller.install(kafka(), 60);
    }

    /** Called in the system class loader only. */
    public static final class Holder {
        private static final Map<String, TestPlatform> STARTED = new HashMap<>();

        private Holder() {}

        public static synchronized List<String> addresses(String name) {
            TestPlatform platform = STARTED.computeIfAbsent(name, started -> start());
            return List.of(platform.jdbcUrl(), platform.user(), platform.password(), platform.bootstrapServers());
        }

        private static TestPlatform start() {
            // Kafka loads classes by the thread's loader, and a Quarkus loader is closed with its profile
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(Holder.class.getClassLoader());
            try {
                TestPlatform platform = TestPlatform.start();
                Runtime.getRuntime().addShutdownHook(new Thread(platform::close, "test-platform-stop"));
                return platform;
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }
}
