package dev.trainyard.gateway.system;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.job.Pools;
import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.TrainerStatus;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.AppInfoParser;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the platform's state from database and broker; requests within one second share one result. */
@Singleton
public final class SystemProbe {
    private static final Logger LOG = LoggerFactory.getLogger(SystemProbe.class);
    private static final long AGE_NANOS = Duration.ofSeconds(1).toNanos();
    /** An older result is not returned while a new one is being read. */
    private static final long OLD_NANOS = Duration.ofSeconds(5).toNanos();

    private final SystemQueries queries;
    private final BrokerProbe broker;
    private final PredictorReports reports;
    private final TrainerReports trainerReports;
    private final ExpectedWorkers expected;
    private final StoppedReader router;
    private final String version;
    private final DiskSpace disk;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile @Nullable SystemView last;
    private volatile long readAt;

    /** Reads topics other than {@code train.events}. */
    public interface StoppedReader {
        /** Partitions at which it stopped at a record of a later release. */
        StoppedPartitions stopped();
    }

    public SystemProbe(
            SystemQueries queries,
            BrokerProbe broker,
            PredictorReports reports,
            TrainerReports trainerReports,
            ExpectedWorkers expected,
            DiskSpace disk,
            StoppedReader router,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.reports = reports;
        this.trainerReports = trainerReports;
        this.disk = disk;
        this.router = router;
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
                SystemView current = view(queries.read());
                readAt = System.nanoTime();
                last = current;
            }
            return last;
        } finally {
            turn.unlock();
        }
    }

    private List<StoppedPartitions.Stop> stopped() {
        return Stream.concat(
                        Stream.of(router.stopped(), trainerReports.follower().stopped()),
                        reports.followers().stream().map(CompactedTopicReader::stopped))
                .flatMap(one -> one.list().stream())
                .distinct()
                .toList();
    }

    private boolean isOlderThan(long nanos) {
        return System.nanoTime() - readAt > nanos;
    }

    private SystemView view(SystemQueries.DatabaseState database) {
        try {
            return view(database, broker.poll(), null);
        } catch (KafkaException e) {
            LOG.warn("The broker's state is unknown: {}", e.toString());
            return view(database, null, "Kafka does not answer, so idle workers, topics and dead letters are unknown.");
        }
    }

    private SystemView view(
            SystemQueries.DatabaseState database, BrokerProbe.@Nullable BrokerState state, @Nullable String trouble) {
        List<SystemView.Worker> workers = workers(database, state);
        List<TrainerStatus> trainers = state == null
                ? trainerReports.all()
                : trainerReports.of(
                        workers.stream().map(SystemView.Worker::name).toList(), database.at());
        return new SystemView(
                database.at(),
                new SystemView.Versions(
                        version,
                        Quarkus.class.getPackage().getImplementationVersion(),
                        Runtime.version().toString(),
                        database.version(),
                        AppInfoParser.getVersion()),
                workers,
                database.jobs(),
                pools(database, workers, state != null),
                state == null ? null : state.topics(),
                state == null ? null : state.deadLetters(),
                reports.quarantines().stream().map(SystemProbe::quarantined).toList(),
                reports.statuses().stream()
                        .filter(status -> isAlive(status.predictor(), state))
                        .flatMap(status -> status.problems().stream().map(problem -> problem(status, problem)))
                        .toList(),
                AcceleratorViews.gpus(trainers),
                AcceleratorViews.problems(trainers),
                disk.state(),
                database.unsent(),
                stopped(database),
                trouble);
    }

    /** Pools with jobs or trainers, and the default pool. */
    private List<SystemView.Pool> pools(
            SystemQueries.DatabaseState database, List<SystemView.Worker> workers, boolean known) {
        Map<String, Integer> trainers = new TreeMap<>(Map.of(Pools.DEFAULT, 0));
        database.pools().forEach(pool -> trainers.putIfAbsent(pool.name(), 0));
        workers.stream()
                .filter(worker -> worker.kind().equals(SystemView.Worker.TRAINER) && !worker.isStarting())
                .flatMap(worker -> trainerReports.pools(worker.name()).stream())
                .forEach(pool -> trainers.merge(pool, 1, Integer::sum));
        Map<String, SystemQueries.PoolJobs> jobs =
                database.pools().stream().collect(Collectors.toMap(SystemQueries.PoolJobs::name, Function.identity()));
        return trainers.entrySet().stream()
                .map(pool -> {
                    SystemQueries.PoolJobs some = jobs.getOrDefault(
                            pool.getKey(), new SystemQueries.PoolJobs(pool.getKey(), 0, 0, 0, Set.of()));
                    Integer live = known ? pool.getValue() : null;
                    return new SystemView.Pool(
                            pool.getKey(), live, some.queued(), some.waiting(), some.running(), some.projects());
                })
                .toList();
    }

    private List<SystemView.Stopped> stopped(SystemQueries.DatabaseState database) {
        List<SystemView.Stopped> all = new ArrayList<>(database.stopped());
        stopped()
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
    private static boolean isAlive(String predictor, BrokerProbe.@Nullable BrokerState state) {
        return state == null || state.predictors().contains(predictor);
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
    private List<SystemView.Worker> workers(
            SystemQueries.DatabaseState database, BrokerProbe.@Nullable BrokerState state) {
        List<SystemView.Worker> workers = new ArrayList<>(database.trainers());
        if (state != null) {
            Set<String> busy = new HashSet<>();
            database.trainers().forEach(trainer -> busy.add(trainer.name()));
            state.idleTrainers().stream()
                    .filter(name -> !busy.contains(name))
                    .map(name -> new SystemView.Worker(name, "trainer", "idle", database.at(), null))
                    .forEach(workers::add);
            state.predictors().stream()
                    .map(name -> new SystemView.Worker(name, "predictor", "serving", database.at(), null))
                    .forEach(workers::add);
            workers.addAll(expected.starting(workers)); // unknown while the broker does not answer
        }
        return workers;
    }
}
