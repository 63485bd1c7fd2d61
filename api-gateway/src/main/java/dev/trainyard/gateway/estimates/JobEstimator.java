package dev.trainyard.gateway.estimates;

import dev.trainyard.gateway.estimates.RunForecast.Basis;
import dev.trainyard.gateway.estimates.JobPlan.Seconds;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.WireJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Tells how long jobs take and wait, learnt from those that ran. */
public final class JobEstimator implements EtaEstimator {
    /** Of jobs that shall lie within low and high; a little more than said, because machines change. */
    private static final double CONFIDENCE = 0.8;

    private static final double LOW = 0.09;
    /**
     * Of waits, which others' runs add up to: those of one hour are slow or quick together, and no sum of single errors
     * shows that. With {@link #LOW} the intervals held for 74 and 75 of 100 jobs, and those of runs for 88.
     */
    private static final double LOW_OF_WAITS = 0.07;

    private static final long AGE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long ASKED_NANOS = Duration.ofSeconds(30).toNanos();
    /** Of the time around the epochs, after the last of them. */
    private static final double AFTER_SHARE = 0.7;
    /** From which on the worker's own pace says more than that of others. */
    private static final double TRUSTED_PROGRESS = 0.3;

    private final EstimateQueries queries;
    private final TrainerCount trainers;
    private volatile RunHistory experience;
    private volatile long learntAt;
    private volatile long askedAt;

    /** @param trainers how many are there; empty where nobody can say just now */
    public JobEstimator(EstimateQueries queries, Supplier<OptionalInt> trainers) {
        this.queries = queries;
        this.trainers = new TrainerCount(trainers, System::nanoTime);
    }

    /** What {@code config} would be as the next job. */
    public JobPlan plan(TrainingConfig config) {
        RunHistory learnt = isOld() ? learn() : experience;
        EstimateQueries.Present present = queries.present();
        Workload wanted = Workload.of(config);
        ThroughputModel paces = learnt.paces();
        List<Double> running = new ArrayList<>();
        for (EstimateQueries.Run run : present.running()) {
            running.add(remaining(paces.of(run.work(), present.at()), run));
        }
        Map<Workload, Double> known = new HashMap<>(); // a long queue often holds few kinds of job
        List<Double> waiting = new ArrayList<>();
        for (Workload other : present.waiting()) {
            waiting.add(known.computeIfAbsent(
                    other, work -> paces.of(work, present.at()).seconds()));
        }
        OptionalInt workers = trainers.count(running.size());
        RunForecast run = paces.of(wanted, present.at());
        int atWork = Math.max(1, workers.orElse(running.size()));
        QueueForecast outlook = QueueForecast.of(run, running, repeat(waiting, present.waitingCount()), atWork);
        return new JobPlan(
                WireJson.mapper().valueToTree(config),
                new JobPlan.Size(
                        wanted.size().parameters(),
                        Workload.spec(config).layers().size(),
                        wanted.size().multiplyAdds()),
                new JobPlan.Memory(PeakMemory.bytes(wanted.size(), wanted.batch(), wanted.optimizer())),
                estimate(learnt, outlook, present, workers));
    }

    private static JobPlan.Estimate estimate(
            RunHistory known, QueueForecast outlook, EstimateQueries.Present present, OptionalInt workers) {
        RunForecast run = outlook.run();
        Seconds seconds = factors(run.seconds(), run.spread(), known.runs(), LOW);
        Seconds wait = waits(outlook, known.starts(outlook.waits()));
        Seconds total = factors(outlook.total(), outlook.totalSpread(), known.ends(outlook.waits()), LOW_OF_WAITS);
        boolean somebodyIsThere = workers.orElse(0) > 0;
        return new JobPlan.Estimate(
                JobPlan.wireName(run.basis()),
                run.jobs(),
                CONFIDENCE,
                run.pace(),
                present.waitingCount() + 1,
                workers.isPresent() ? workers.getAsInt() : null,
                seconds,
                somebodyIsThere ? JobPlan.Times.after(present.at(), wait) : null,
                somebodyIsThere ? JobPlan.Times.after(present.at(), total) : null);
    }

    private static Seconds factors(double expected, double spread, ErrorQuantiles errors, double low) {
        return new Seconds(
                expected * Math.exp(spread * errors.quantile(low)),
                expected * Math.exp(spread * errors.quantile(0.5)),
                expected * Math.exp(spread * errors.quantile(1 - low)));
    }

    private static Seconds waits(QueueForecast outlook, ErrorQuantiles errors) {
        return new Seconds(
                Math.max(0, outlook.delay() + outlook.delayScale() * errors.quantile(LOW_OF_WAITS)),
                Math.max(0, outlook.delay() + outlook.delayScale() * errors.quantile(0.5)),
                Math.max(0, outlook.delay() + outlook.delayScale() * errors.quantile(1 - LOW_OF_WAITS)));
    }

    /** Of a very long queue only the front is read; the rest is taken to be like it. */
    private static List<Double> repeat(List<Double> front, long count) {
        List<Double> all = new ArrayList<>(front);
        while (!front.isEmpty() && all.size() < count) {
            all.addAll(front.subList(0, (int) Math.min(front.size(), count - all.size())));
        }
        return all;
    }

    @Override
    public Double seconds(Run run) {
        askedAt = System.nanoTime();
        RunHistory known = experience;
        if (known == null) {
            return EtaEstimator.FROM_WORKER.seconds(run);
        }
        RunForecast forecast = known.paces().of(queries.workload(run.config()), Instant.now());
        return forecast.basis() == Basis.NO_JOBS_YET
                ? EtaEstimator.FROM_WORKER.seconds(run)
                : (Double) remaining(forecast, run.attempt(), run.elapsed(), run.progress(), run.ownEta());
    }

    private static double remaining(RunForecast forecast, EstimateQueries.Run run) {
        return remaining(forecast, run.attempt(), run.elapsed(), run.progress(), run.ownEta());
    }

    /** At first by other jobs, then more and more by the run's own pace, which knows nothing of what follows it. */
    private static double remaining(RunForecast forecast, int attempt, double elapsed, double progress, Double ownEta) {
        double byOthers =
                QueueModel.remaining(forecast.seconds(), attempt == 1 ? elapsed : progress * forecast.seconds());
        if (ownEta == null) {
            return byOthers;
        }
        double trust = Math.min(1, progress / TRUSTED_PROGRESS);
        double own = Math.max(0, ownEta + AFTER_SHARE * forecast.around());
        return trust * own + (1 - trust) * byOthers;
    }

    /** Learns anew if somebody asks; reads of jobs hold a connection already and must not wait for another. */
    public void refresh() {
        if (System.nanoTime() - askedAt < ASKED_NANOS && isOld()) {
            learn();
        }
    }

    private boolean isOld() {
        return experience == null || System.nanoTime() - learntAt > AGE_NANOS;
    }

    private synchronized RunHistory learn() {
        if (isOld()) {
            experience = new RunHistory(queries.jobs());
            learntAt = System.nanoTime();
        }
        return experience;
    }
}
