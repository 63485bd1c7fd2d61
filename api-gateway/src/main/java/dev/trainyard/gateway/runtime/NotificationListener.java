package dev.trainyard.gateway.runtime;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives the notifications of other gateways on a connection that it keeps, and connects again when that is lost. */
@Singleton
public final class NotificationListener implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);
    private static final long RETRY_MILLIS = 1_000;
    /** Time without a notification after which the connection is checked. */
    private static final int CHECK_MILLIS = 10_000;

    private static final int ANSWER_MILLIS = (int) Duration.ofSeconds(3).toMillis();

    private final DataSource database;
    private final Notifier notifier;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Connection open;

    @Inject
    NotificationListener(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            Notifier notifier) {
        this(database(url, user, password), notifier);
    }

    /** @param database without a pool, which might hand out a connection that listens */
    public NotificationListener(DataSource database, Notifier notifier) {
        this.database = database;
        this.notifier = notifier;
    }

    private static DataSource database(String url, Optional<String> user, Optional<String> password) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        user.ifPresent(database::setUser);
        password.ifPresent(database::setPassword);
        database.setConnectTimeout(1);
        database.setLoginTimeout(2);
        database.setTcpKeepAlive(true);
        database.setHostRecheckSeconds(1); // a promoted replica is tried at once
        return database;
    }

    @Override
    public void run() {
        boolean failing = false;
        try {
            while (closing.getCount() > 0) {
                try (Connection connection = database.getConnection()) {
                    open = connection;
                    listen(connection, failing);
                    failing = false;
                    receive(connection);
                } catch (SQLException e) {
                    if (closing.getCount() > 0 && !failing) {
                        LOG.warn("Notifications of other gateways are not received, retrying: {}", e.toString());
                    }
                    failing = true;
                    closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen(Connection connection, boolean again) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
        execute(connection, "listen " + Notifier.CHANNEL);
        if (again) {
            LOG.info("Notifications of other gateways are received again");
        }
        notifier.onReconnect();
    }

    private void receive(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (closing.getCount() > 0) {
            PGNotification[] received = postgres.getNotifications(CHECK_MILLIS);
            if (received == null || received.length == 0) {
                execute(connection, "select 1"); // fails if the connection is lost
                continue;
            }
            for (PGNotification notification : received) {
                notifier.onNotification(notification.getParameter());
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Ends {@link #run} by closing its connection. */
    @Override
    public void close() {
        closing.countDown();
        Connection connection = open;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The listening connection could not be closed", e);
            }
        }
    }
}
