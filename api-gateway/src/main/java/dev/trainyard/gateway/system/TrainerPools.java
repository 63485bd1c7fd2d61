package dev.trainyard.gateway.system;

import dev.trainyard.gateway.scheduling.TrainerDirectory;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** Which trainers of a pool wait for a job. Requests that come together share one poll of the broker. */
@Singleton
public final class TrainerPools implements TrainerDirectory {
    private static final long AGE_NANOS = Duration.ofMillis(300).toNanos();

    private final BrokerProbe broker;
    private final TrainerReports reports;
    private Collection<String> members = List.of();
    private long readAt = System.nanoTime() - AGE_NANOS;

    TrainerPools(BrokerProbe broker, TrainerReports reports) {
        this.broker = broker;
        this.reports = reports;
    }

    /** @throws org.apache.kafka.common.KafkaException if the broker does not answer in time */
    @Override
    public synchronized List<String> waiting(String pool) {
        if (System.nanoTime() - readAt >= AGE_NANOS) {
            members = broker.waitingTrainers();
            readAt = System.nanoTime();
        }
        return members.stream().filter(name -> serves(name, pool)).toList();
    }

    @Override
    public boolean serves(String trainer, String pool) {
        return reports.pools(trainer).contains(pool);
    }
}
