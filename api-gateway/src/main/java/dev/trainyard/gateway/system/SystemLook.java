package dev.trainyard.gateway.system;

import dev.trainyard.message.StoppedPartitions;
import io.quarkus.runtime.Quarkus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.AppInfoParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at database and broker; all who ask within a second share one look. */
public final class SystemLook {
    private static final Logger LOG = LoggerFactory.getLogger(SystemLook.class);
    private static final long AGE_NANOS = Duration.ofSeconds(1).toNanos();
    /** Past this nobody is answered with it, however long the next look takes. */
    private static final long OLD_NANOS = Duration.ofSeconds(5).toNanos();

    private final SystemQueries queries;
    private final BrokerLook broker;
    private final Supplier<List<StoppedPartitions.Stop>> stopped;
    private final String version;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile SystemView last;
    private volatile long lookedAt;

    /** @param stopped partitions that this gateway does not read further, but for those of the events */
    public SystemLook(
            SystemQueries queries, BrokerLook broker, Supplier<List<StoppedPartitions.Stop>> stopped, String version) {
        this.stopped = stopped;
        this.queries = queries;
        this.broker = broker;
        this.version = version;
    }

    public SystemView look() {
        SystemView known = last;
        if (known == null || isOlderThan(OLD_NANOS)) {
            turn.lock();
        } else if (!turn.tryLock()) {
            return known; // somebody looks just now, and where that takes long nobody else shall wait as well
        }
        try {
            if (last == null || isOlderThan(AGE_NANOS)) {
                SystemView seen = view(queries.look());
                lookedAt = System.nanoTime();
                last = seen;
            }
            return last;
        } finally {
            turn.unlock();
        }
    }

    private boolean isOlderThan(long nanos) {
        return System.nanoTime() - lookedAt > nanos;
    }

    private SystemView view(SystemQueries.Known known) {
        BrokerLook.Seen seen = null;
        String trouble = null;
        try {
            seen = broker.look();
        } catch (KafkaException e) {
            LOG.warn("the broker does not say how it is: {}", e.toString());
            trouble = "Kafka does not answer, so idle workers, topics and dead letters are not known.";
        }
        return new SystemView(
                known.at(),
                new SystemView.Versions(
                        version,
                        Quarkus.class.getPackage().getImplementationVersion(),
                        Runtime.version().toString(),
                        known.version(),
                        AppInfoParser.getVersion()),
                workers(known, seen),
                known.jobs(),
                seen == null ? null : seen.topics(),
                seen == null ? null : seen.deadLetters(),
                known.unsent(),
                stopped(known),
                trouble);
    }

    private List<SystemView.Stopped> stopped(SystemQueries.Known known) {
        List<SystemView.Stopped> all = new ArrayList<>(known.stopped());
        stopped.get()
                .forEach(one -> all.add(
                        new SystemView.Stopped(one.topic(), one.partition(), one.offset(), one.reason())));
        return all;
    }

    /** A trainer that has just claimed a job may still be a member of the group of those that wait for one. */
    private static List<SystemView.Worker> workers(SystemQueries.Known known, BrokerLook.Seen seen) {
        List<SystemView.Worker> workers = new ArrayList<>(known.trainers());
        if (seen != null) {
            Set<String> busy = new HashSet<>();
            known.trainers().forEach(trainer -> busy.add(trainer.name()));
            seen.idleTrainers().stream()
                    .filter(name -> !busy.contains(name))
                    .map(name -> new SystemView.Worker(name, "trainer", "idle", known.at(), null))
                    .forEach(workers::add);
            seen.predictors().stream()
                    .map(name -> new SystemView.Worker(name, "predictor", "serving", known.at(), null))
                    .forEach(workers::add);
        }
        return workers;
    }
}
