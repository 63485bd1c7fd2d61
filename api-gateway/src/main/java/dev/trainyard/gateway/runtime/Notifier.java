package dev.trainyard.gateway.runtime;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Publishes changes after their commit: at once to this gateway's tasks, and combined to those of other gateways,
 * because PostgreSQL serialises the commits of transactions that notify. What a gateway does not send because it is
 * killed is found by the periodic runs of the tasks.
 */
@Singleton
public final class Notifier {
    static final String CHANNEL = "trainyard";
    /** Shortest time between two notifications. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final String TASK = "notifications-to-send";

    private final BackgroundTasks tasks;
    private final Jdbi jdbi;
    private final String gateway = UUID.randomUUID().toString();
    private final Set<ChangeTopic> unsent = EnumSet.noneOf(ChangeTopic.class);

    @Inject
    Notifier(BackgroundTasks tasks, Jdbi jdbi, GatewaySettings settings) {
        this(tasks, jdbi, settings.background().poll());
    }

    /** @param period longest time until changes that could not be sent are sent again */
    public Notifier(BackgroundTasks tasks, Jdbi jdbi, Duration period) {
        this.tasks = tasks;
        this.jdbi = jdbi;
        tasks.add(PeriodicTask.every(period, TASK, this::flush).atMostEvery(PAUSE));
    }

    /** Called after the commit of a change. */
    public void publish(ChangeTopic topic) {
        tasks.signal(topic);
        boolean added;
        synchronized (unsent) {
            added = unsent.add(topic);
        }
        if (added) {
            tasks.wake(TASK);
        }
    }

    /** Sends what has been published. */
    public void flush() {
        Set<ChangeTopic> sending;
        synchronized (unsent) {
            sending = EnumSet.copyOf(unsent);
            unsent.clear();
        }
        try {
            send(sending);
        } catch (RuntimeException e) {
            synchronized (unsent) {
                unsent.addAll(sending);
            }
            throw e;
        }
    }

    private void send(Set<ChangeTopic> topics) {
        if (topics.isEmpty()) {
            return;
        }
        jdbi.useTransaction(handle -> {
            handle.execute("set local synchronous_commit = off"); // a crash of PostgreSQL also ends its listeners
            topics.forEach(topic -> send(handle, topic));
        });
    }

    private void send(Handle handle, ChangeTopic topic) {
        handle.createQuery("select 1 from pg_notify(:channel, :payload)")
                .bind("channel", CHANNEL)
                .bind("payload", gateway + ":" + topic.wireName())
                .mapTo(Integer.class)
                .one();
    }

    /** Handles a notification of PostgreSQL; those of this gateway have been handled when they were published. */
    void onNotification(String payload) {
        int separator = payload.indexOf(':');
        if (separator < 0 || payload.startsWith(gateway)) {
            return;
        }
        ChangeTopic.find(payload.substring(separator + 1)).ifPresent(tasks::signal);
    }

    /** Handles a time without a connection, in which any change may have been missed. */
    void onReconnect() {
        EnumSet.allOf(ChangeTopic.class).forEach(tasks::signal);
    }
}
