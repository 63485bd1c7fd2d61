package dev.trainyard.gateway.system;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictorStatus;
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

/** Reads the platform's state from database and broker; requests within one second share one result. */
public final class SystemProbe {
    private static final Logger LOG = LoggerFactory.getLogger(SystemProbe.class);
    private static final long AGE_NANOS = Duration.ofSeconds(1).toNanos();
    /** An older result is not returned while a new one is being read. */
    private static final long OLD_NANOS = Duration.ofSeconds(5).toNanos();

    private final SystemQueries queries;
    private final BrokerProbe broker;
    private final PredictorReports reports;
    private final ExpectedWorkers expected;
    private final Supplier<List<StoppedPartitions.Stop>> stopped;
    private final String version;
    private final DiskSpace disk;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile SystemView last;
    private volatile long lookedAt;

    /** @param stopped partitions at which this gateway stopped reading, except those of {@code train.events} */
    public SystemProbe(
            SystemQueries queries,
            BrokerProbe broker,
            PredictorReports reports,
            ExpectedWorkers expected,
            DiskSpace disk,
            Supplier<List<StoppedPartitions.Stop>> stopped,
            String version) {
        this.reports = reports;
        this.disk = disk;
        this.stopped = stopped;
        this.queries = queries;
        this.broker = broker;
        this.expected = expected;
        this.version = version;
    }

    public SystemView poll() {
        SystemView known = last;
        if (known == null || isOlderThan(OLD_NANOS)) {
            turn.lock();
        } else if (!turn.tryLock()) {
            return known; // another thread is already reading
        }
        try {
            if (last == null || isOlderThan(AGE_NANOS)) {
                SystemView seen = view(queries.read());
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

    private SystemView view(SystemQueries.DatabaseState known) {
        try {
            return view(known, broker.poll(), null);
        } catch (KafkaException e) {
            LOG.warn("The broker's state is unknown: {}", e.toString());
            return view(known, null, "Kafka does not answer, so idle workers, topics and dead letters are unknown.");
        }
    }

    private SystemView view(SystemQueries.DatabaseState known, BrokerProbe.BrokerState seen, String trouble) {
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
                reports.quarantines().stream().map(SystemProbe::quarantined).toList(),
                reports.statuses().stream()
                        .filter(status -> lives(status.predictor(), seen))
                        .flatMap(status -> status.problems().stream().map(problem -> problem(status, problem)))
                        .toList(),
                disk.state(),
                known.unsent(),
                stopped(known),
                trouble);
    }

    private List<SystemView.Stopped> stopped(SystemQueries.DatabaseState known) {
        List<SystemView.Stopped> all = new ArrayList<>(known.stopped());
        stopped.get()
                .forEach(one ->
                        all.add(new SystemView.Stopped(one.topic(), one.partition(), one.offset(), one.reason())));
        return all;
    }

    private static SystemView.Quarantined quarantined(ModelQuarantine found) {
        return new SystemView.Quarantined(
                found.name(),
                found.version(),
                found.sha256(),
                found.predictor(),
                found.cause(),
                found.phase(),
                found.at());
    }

    /** All predictors are assumed alive while the broker does not answer. */
    private static boolean lives(String predictor, BrokerProbe.BrokerState seen) {
        return seen == null || seen.predictors().contains(predictor);
    }

    private static SystemView.ModelProblem problem(PredictorStatus status, PredictorStatus.Problem problem) {
        return new SystemView.ModelProblem(
                status.predictor(),
                problem.name(),
                problem.version(),
                problem.code(),
                problem.detail(),
                problem.since());
    }

    /** A trainer that has just claimed a job may still be a member of the consumer group of idle trainers. */
    private List<SystemView.Worker> workers(SystemQueries.DatabaseState known, BrokerProbe.BrokerState seen) {
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
            workers.addAll(
                    expected.starting(workers)); // unknown while the broker does not answer
        }
        return workers;
    }
}
