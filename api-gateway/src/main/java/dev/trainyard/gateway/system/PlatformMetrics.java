package dev.trainyard.gateway.system;

import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.Pools;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.generic.GenericType;

/** Gauges of what waits: jobs, records of the outbox, records in topics, and dead letters. Every gateway has the same. */
@Singleton
public final class PlatformMetrics {
    private static final String SECONDS = "seconds";

    private final Jdbi jdbi;
    private final SystemProbe system;
    private final MultiGauge queueAge;
    private final MultiGauge lag;
    private final MultiGauge deadLetters;
    private volatile double outboxAge;

    @Inject
    PlatformMetrics(@Identifier(Transactions.EDGE) Jdbi jdbi, SystemProbe system, MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.system = system;
        this.queueAge = MultiGauge.builder("trainyard.queue.age")
                .description("Time for which the first job of a pool has waited for a trainer")
                .baseUnit(SECONDS)
                .register(metrics);
        this.lag = MultiGauge.builder("trainyard.topic.lag")
                .description("Records of a topic that its readers have not read")
                .register(metrics);
        this.deadLetters = MultiGauge.builder("trainyard.dead.letters")
                .description("Records that could not be processed")
                .register(metrics);
        Gauge.builder("trainyard.outbox.age", this, metric -> metric.outboxAge)
                .description("Age of the oldest record that was not sent to Kafka and is not quarantined")
                .baseUnit(SECONDS)
                .register(metrics);
    }

    /** Reads the figures again; those of Kafka are missing while it does not answer. */
    public void refresh() {
        Map<String, Double> ages = new TreeMap<>(Map.of(Pools.DEFAULT, 0.0));
        jdbi.useHandle(handle -> {
            ages.putAll(queueAges(handle));
            outboxAge = outboxAge(handle);
        });
        queueAge.register(
                ages.entrySet().stream()
                        .<MultiGauge.Row<?>>map(
                                pool -> MultiGauge.Row.of(Tags.of("pool", pool.getKey()), pool.getValue()))
                        .toList(),
                true);
        SystemView view = system.poll();
        if (view.topics() != null) {
            lag.register(
                    view.topics().stream()
                            .<MultiGauge.Row<?>>map(
                                    topic -> MultiGauge.Row.of(Tags.of("topic", topic.topic()), topic.lag()))
                            .toList(),
                    true);
        }
        if (view.deadLetters() != null) {
            deadLetters.register(
                    view.deadLetters().topics().stream()
                            .<MultiGauge.Row<?>>map(
                                    topic -> MultiGauge.Row.of(Tags.of("topic", topic.topic()), topic.count()))
                            .toList(),
                    true);
        }
    }

    /** Time since the first job of each pool could have started; jobs that wait for others are not counted. */
    private static Map<String, Double> queueAges(Handle handle) {
        return handle.createQuery("""
                        select pool, extract(epoch from now() - min(queued_at)) as age from job
                        where status = 'queued' and not waiting and queued_at <= now() group by pool
                        """)
                .setMapKeyColumn("pool")
                .setMapValueColumn("age")
                .collectInto(new GenericType<Map<String, Double>>() {});
    }

    private static double outboxAge(Handle handle) {
        return handle.createQuery("select coalesce(extract(epoch from now() - min(created_at)), 0) from outbox "
                        + "where quarantined_at is null")
                .mapTo(Double.class)
                .one();
    }
}
