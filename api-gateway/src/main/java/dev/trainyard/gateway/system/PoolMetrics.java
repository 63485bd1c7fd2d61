package dev.trainyard.gateway.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Stream;

/** Gauges of each pool's jobs and live trainers, for autoscalers. */
@Singleton
public final class PoolMetrics {
    private final SystemProbe system;
    private final MultiGauge jobs;
    private final MultiGauge trainers;

    PoolMetrics(SystemProbe system, MeterRegistry metrics) {
        this.system = system;
        this.jobs = MultiGauge.builder("trainyard.pool.jobs").register(metrics);
        this.trainers = MultiGauge.builder("trainyard.pool.trainers").register(metrics);
    }

    /** Reads the figures again. */
    public void refresh() {
        List<SystemView.Pool> pools = system.poll().pools();
        jobs.register(pools.stream().flatMap(PoolMetrics::jobs).toList(), true);
        trainers.register(
                pools.stream()
                        .filter(pool -> pool.liveTrainers() != null)
                        .<MultiGauge.Row<?>>map(
                                pool -> MultiGauge.Row.of(Tags.of("pool", pool.name()), pool.liveTrainers()))
                        .toList(),
                true);
    }

    private static Stream<MultiGauge.Row<?>> jobs(SystemView.Pool pool) {
        return Stream.of(
                row(pool, "queued", pool.queued()),
                row(pool, "waiting", pool.waiting()),
                row(pool, "running", pool.running()));
    }

    private static MultiGauge.Row<?> row(SystemView.Pool pool, String state, long count) {
        return MultiGauge.Row.of(Tags.of("pool", pool.name(), "state", state), count);
    }
}
