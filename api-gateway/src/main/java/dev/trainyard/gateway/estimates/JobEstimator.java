package dev.trainyard.gateway.estimates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.trainyard.gateway.estimates.JobPlan.Seconds;
import dev.trainyard.gateway.estimates.RunForecast.Basis;
import dev.trainyard.gateway.system.SystemProbe;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.WireJson;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Estimates run time and waiting time of jobs from past jobs. */
@Singleton
public final class JobEstimator implements EtaEstimator {
    /**
     * Reported share of jobs within low and high. The quantiles are slightly wider, because load on machines changes.
     */
    private static final double CONFIDENCE = 0.8;

    private static final double LOW = 0.09;
    /**
     * Lower quantile of waits. A wait is a sum of correlated run times, so its error exceeds the sum of single errors:
     * with {@link #LOW} the intervals held for 74 and 75 of 100 jobs, and those of runs for 88.
     */
    private static final double LOW_OF_WAITS = 0.07;

    private static final long AGE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long REQUESTED_NANOS = Duration.ofSeconds(30).toNanos();
    /** Share of a run's overhead that follows its last epoch. */
    private static final double OVERHEAD_AFTER_SHARE = 0.7;
    /** Progress from which on only the worker's own estimate counts. */
    private static final double TRUSTED_PROGRESS = 0.3;
    /** Pools whose numbers of trainers are remembered. */
    private static final int MOST_POOLS = 100;

    private final EstimateQueries queries;
    private final Function<String, OptionalInt> trainers;
    /** By pool. */
    private final Cache<String, TrainerCount> counts =
            Caffeine.newBuilder().maximumSize(MOST_POOLS).build();

    private volatile @Nullable RunHistory history;
    private volatile long refreshedAt;
    private volatile long requestedAt;

    @Inject
    JobEstimator(EstimateQueries queries, SystemProbe system) {
        this(queries, pool -> system.poll().trainers(pool));
    }

    /** @param trainers number of trainers of a pool; empty while it is unknown */
    public JobEstimator(EstimateQueries queries, Function<String, OptionalInt> trainers) {
        this.queries = queries;
        this.trainers = trainers;
    }

    /** Estimates {@code config} as the next submitted job of that pool, priority and project. */
    public JobPlan plan(TrainingConfig config, String pool, int priority, String project) {
        RunHistory last = history;
        RunHistory current = last == null || isOld() ? refreshHistory() : last;
        EstimateQueries.Present present = queries.present(pool, project, priority);
        Workload wanted = Workload.of(config);
        ThroughputModel throughput = current.throughput();
        List<Double> running = new ArrayList<>();
        for (EstimateQueries.Run run : present.running()) {
            running.add(remaining(throughput.of(run.work(), present.at()), run));
        }
        Map<Workload, Double> known = new HashMap<>(); // waiting jobs often share a configuration
        List<Double> waiting = new ArrayList<>();
        for (Workload other : present.waiting()) {
            waiting.add(known.computeIfAbsent(
                    other, work -> throughput.of(work, present.at()).seconds()));
        }
        OptionalInt workers = count(pool, running.size());
        RunForecast run = throughput.of(wanted, present.at());
        int atWork = Math.max(1, workers.orElse(running.size()));
        QueueForecast queueForecast = QueueForecast.of(run, running, repeat(waiting, present.waitingCount()), atWork);
        return new JobPlan(
                WireJson.mapper().valueToTree(config),
                new JobPlan.Size(
                        wanted.size().parameters(),
                        Workload.spec(config).layers().size(),
                        wanted.size().multiplyAdds()),
                new JobPlan.Memory(PeakMemory.bytes(wanted.size(), wanted.batch(), wanted.optimizer())),
                estimate(current, queueForecast, present, workers));
    }

    private OptionalInt count(String pool, int running) {
        return counts.get(pool, name -> new TrainerCount(() -> trainers.apply(name), System::nanoTime))
                .count(running);
    }

    private static JobPlan.Estimate estimate(
            RunHistory known, QueueForecast queueForecast, EstimateQueries.Present present, OptionalInt workers) {
        RunForecast run = queueForecast.run();
        Seconds seconds = factors(run.seconds(), run.spread(), known.runs(), LOW);
        Seconds wait = waits(queueForecast, known.starts(queueForecast.waits()));
        Seconds total = factors(
                queueForecast.total(), queueForecast.totalSpread(), known.ends(queueForecast.waits()), LOW_OF_WAITS);
        boolean hasTrainer = workers.orElse(0) > 0;
        return new JobPlan.Estimate(
                JobPlan.wireName(run.basis()),
                run.jobs(),
                CONFIDENCE,
                run.pace(),
                present.waitingCount() + 1,
                workers.isPresent() ? workers.getAsInt() : null,
                seconds,
                hasTrainer ? JobPlan.Times.after(present.at(), wait) : null,
                hasTrainer ? JobPlan.Times.after(present.at(), total) : null);
    }

    private static Seconds factors(double expected, double spread, ErrorQuantiles errors, double low) {
        return new Seconds(
                expected * Math.exp(spread * errors.quantile(low)),
                expected * Math.exp(spread * errors.quantile(0.5)),
                expected * Math.exp(spread * errors.quantile(1 - low)));
    }

    private static Seconds waits(QueueForecast queueForecast, ErrorQuantiles errors) {
        return new Seconds(
                Math.max(0, queueForecast.delay() + queueForecast.delayScale() * errors.quantile(LOW_OF_WAITS)),
                Math.max(0, queueForecast.delay() + queueForecast.delayScale() * errors.quantile(0.5)),
                Math.max(0, queueForecast.delay() + queueForecast.delayScale() * errors.quantile(1 - LOW_OF_WAITS)));
    }

    /** Extends the front of a very long queue to its full length, because only the front is read. */
    private static List<Double> repeat(List<Double> front, long count) {
        List<Double> all = new ArrayList<>(front);
        while (!front.isEmpty() && all.size() < count) {
            all.addAll(front.subList(0, (int) Math.min(front.size(), count - all.size())));
        }
        return all;
    }

    @Override
    public @Nullable Double seconds(Run run) {
        requestedAt = System.nanoTime();
        RunHistory known = history;
        if (known == null) {
            return EtaEstimator.FROM_WORKER.seconds(run);
        }
        RunForecast forecast =
                known.throughput().of(queries.workload(run.config()).on(run.engine()), Instant.now());
        return forecast.basis() == Basis.NO_JOBS_YET
                ? EtaEstimator.FROM_WORKER.seconds(run)
                : (Double) remaining(forecast, run.attempt(), run.elapsed(), run.progress(), run.ownEta());
    }

    private static double remaining(RunForecast forecast, EstimateQueries.Run run) {
        return remaining(forecast, run.attempt(), run.elapsed(), run.progress(), run.ownEta());
    }

    /** Moves from other jobs' run times to the worker's own estimate as the run advances. */
    private static double remaining(
            RunForecast forecast, int attempt, double elapsed, double progress, @Nullable Double ownEta) {
        double byOthers =
                QueueModel.remaining(forecast.seconds(), attempt == 1 ? elapsed : progress * forecast.seconds());
        if (ownEta == null) {
            return byOthers;
        }
        double trust = Math.min(1, progress / TRUSTED_PROGRESS);
        double own = Math.max(0, ownEta + OVERHEAD_AFTER_SHARE * forecast.overhead());
        return trust * own + (1 - trust) * byOthers;
    }

    /**
     * Refreshes the history if estimates were requested; requests already hold a connection and must not wait for
     * another.
     */
    public void refresh() {
        if (System.nanoTime() - requestedAt < REQUESTED_NANOS && isOld()) {
            refreshHistory();
        }
    }

    private boolean isOld() {
        return history == null || System.nanoTime() - refreshedAt > AGE_NANOS;
    }

    private synchronized RunHistory refreshHistory() {
        RunHistory known = history;
        if (known == null || isOld()) {
            known = new RunHistory(queries.jobs());
            history = known;
            refreshedAt = System.nanoTime();
        }
        return known;
    }
}
