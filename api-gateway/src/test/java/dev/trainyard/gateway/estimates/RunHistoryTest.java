package dev.trainyard.gateway.estimates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.gateway.estimates.RunForecast.Basis;
import dev.trainyard.job.Optimizer;
import dev.trainyard.network.NetworkSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Estimates against a simulation: jobs of mixed size on two workers with random variation of their times. */
class RunHistoryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final double LOW = 0.09;

    @Test
    void withoutHistoryTheForecastIsMarkedAsRough() {
        RunForecast forecast = new RunHistory(List.of()).throughput().of(work(400_000, 32, 10), START);
        assertThat(forecast.basis()).isEqualTo(Basis.NO_JOBS_YET);
        assertThat(forecast.seconds()).isBetween(20.0, 2_000.0);
    }

    @Test
    void aJobIsForecastFromSimilarJobs() {
        List<PastJob> jobs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            jobs.add(job(work(400_000, 32, 5), i * 100.0, i * 100.0 + 0.3, 50 + 4, 50));
        }
        ThroughputModel throughput = new RunHistory(jobs).throughput();
        RunForecast same = throughput.of(work(400_000, 32, 5), later(5_000));
        assertThat(same.basis()).isEqualTo(Basis.SAME_CONFIGURATION);
        assertThat(same.seconds()).isCloseTo(54, within(0.5));
        assertThat(throughput.of(work(400_000, 32, 50), later(5_000)).seconds()).isCloseTo(504, within(5.0));
        RunForecast other = throughput.of(work(100_000, 128, 5), later(5_000));
        assertThat(other.basis()).isEqualTo(Basis.SAME_NETWORK);
        assertThat(other.seconds()).isLessThan(same.seconds());
        assertThat(other.spread()).isGreaterThan(same.spread());
    }

    @Test
    void onlyEndedJobsAreUsed() {
        PastJob job = job(work(400_000, 32, 5), 0, 0.3, 54, 50);
        assertThat(new RunHistory(List.of(job))
                        .throughput()
                        .of(job.work(), later(30))
                        .basis())
                .isEqualTo(Basis.NO_JOBS_YET);
    }

    @Test
    void importsAreUsedOnlyForForecastsOfImports() {
        Workload imported =
                new Workload("imported", new NetworkSize(0, 0, 0), 25_000, 1, 1, 0, Optimizer.ADAM, true, null);
        List<PastJob> jobs = List.of(job(imported, 0, 0.3, 3, 0));
        ThroughputModel throughput = new RunHistory(jobs).throughput();
        RunForecast training = throughput.of(work(400_000, 32, 10), later(100));
        assertThat(training.basis()).isEqualTo(Basis.NO_JOBS_YET);
        assertThat(training.seconds()).isLessThan(2_000);
        assertThat(throughput.of(imported, later(100)).seconds()).isCloseTo(3, within(0.1));
    }

    @Test
    void aJobIsForecastByRunsOfTheEngineThatItWouldGet() {
        Workload work = work(400_000, 32, 5);
        List<PastJob> jobs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            jobs.add(ranWith("dl4j", work, i * 300.0, i * 300.0 + 0.3, 200 + 4, 200));
        }
        RunForecast before = new RunHistory(jobs).throughput().of(work, later(3_000));
        assertThat(before.seconds()).isCloseTo(204, within(2.0));

        jobs.add(ranWith("vector", work, 3_000, 3_000.3, 50 + 4, 50)); // the workers' default has changed
        jobs.add(ranWith("dl4j", work.on("dl4j"), 3_100, 3_100.3, 200 + 4, 200)); // was required, so shows no default
        ThroughputModel throughput = new RunHistory(jobs).throughput();
        RunForecast automatic = throughput.of(work, later(4_000));
        assertThat(automatic.seconds()).isCloseTo(54, within(1.0));
        assertThat(automatic.basis()).isEqualTo(Basis.SAME_CONFIGURATION);
        assertThat(automatic.jobs()).isEqualTo(1);
        assertThat(throughput.of(work.on("vector"), later(4_000))).isEqualTo(automatic);
        assertThat(throughput.of(work.on("dl4j"), later(4_000)).seconds()).isCloseTo(204, within(2.0));
        assertThat(throughput.of(work.on("dl4j"), later(4_000)).jobs()).isEqualTo(9);
        assertThat(throughput.of(work, later(3_000)).seconds())
                .as("by what was known then")
                .isCloseTo(204, within(2.0));
    }

    @Test
    void runsOfOtherEnginesGiveARoughForecast() {
        Workload work = work(400_000, 32, 5);
        List<PastJob> jobs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            jobs.add(ranWith("dl4j", work, i * 300.0, i * 300.0 + 0.3, 200 + 4, 200));
        }
        RunForecast other = new RunHistory(jobs).throughput().of(work.on("vector"), later(3_000));
        assertThat(other.basis()).isEqualTo(Basis.OTHER_ENGINES);
        assertThat(other.jobs()).isEqualTo(8);
        assertThat(Math.exp(other.spread())).as("a factor").isGreaterThan(3);
    }

    @Test
    void theWaitIsTheTimeThatWorkersNeedForTheQueue() {
        assertThat(QueueModel.wait(List.of(), List.of(), 2)).isZero();
        assertThat(QueueModel.wait(List.of(10.0), List.of(), 2)).isZero();
        assertThat(QueueModel.wait(List.of(10.0, 4.0), List.of(), 2)).isEqualTo(4);
        assertThat(QueueModel.wait(List.of(10.0, 4.0), List.of(3.0, 8.0), 2)).isEqualTo(10);
    }

    @Test
    void intervalsHoldTheStatedShareOfJobs() {
        int runs = 0;
        int starts = 0;
        int ends = 0;
        for (int seed = 1; seed <= 8; seed++) {
            List<PastJob> all = simulated(160, seed);
            for (PastJob job : all.subList(60, 160)) {
                List<PastJob> known = all.stream()
                        .filter(other -> other.createdAt().isBefore(job.createdAt()))
                        .map(other -> asOf(other, job.createdAt()))
                        .toList();
                QueueForecast queueForecast = queueForecast(job, known);
                RunHistory history = new RunHistory(known);
                double waited = PastJob.seconds(job.createdAt(), job.startedAt());
                double run = Math.log(job.seconds() / queueForecast.run().seconds())
                        / queueForecast.run().spread();
                double start = (waited - queueForecast.delay()) / queueForecast.delayScale();
                double end = Math.log((waited + job.seconds()) / queueForecast.total()) / queueForecast.totalSpread();
                runs += holds(history.runs(), run);
                starts += holds(history.starts(queueForecast.waits()), start);
                ends += holds(history.ends(queueForecast.waits()), end);
            }
        }
        assertThat(runs).as("runs of 800").isBetween(600, 720);
        assertThat(starts).as("starts of 800").isBetween(600, 720);
        assertThat(ends).as("ends of 800").isBetween(600, 720);
    }

    private static int holds(ErrorQuantiles spread, double error) {
        return error >= spread.quantile(LOW) && error <= spread.quantile(1 - LOW) ? 1 : 0;
    }

    private static QueueForecast queueForecast(PastJob job, List<PastJob> known) {
        RunHistory history = new RunHistory(known);
        List<Double> running = new ArrayList<>();
        List<Double> waiting = new ArrayList<>();
        for (PastJob other : known) {
            double seconds =
                    history.throughput().of(other.work(), job.createdAt()).seconds();
            if (other.ranAt(job.createdAt())) {
                running.add(QueueModel.remaining(seconds, PastJob.seconds(other.startedAt(), job.createdAt())));
            } else if (other.waitedAt(job.createdAt())) {
                waiting.add(seconds);
            }
        }
        return QueueForecast.of(history.throughput().of(job.work(), job.createdAt()), running, waiting, 2);
    }

    /** Returns the job as stored in the database at {@code at}. */
    private static PastJob asOf(PastJob job, Instant at) {
        boolean ended = !job.endedAt().isAfter(at);
        return new PastJob(
                job.work(),
                job.createdAt(),
                job.startedAt().isAfter(at) ? null : job.startedAt(),
                ended ? job.endedAt() : null,
                job.epochSeconds(),
                null,
                job.engine(),
                ended);
    }

    private static List<PastJob> simulated(int count, int seed) {
        Random random = new Random(seed);
        PriorityQueue<Double> free = new PriorityQueue<>(List.of(0.0, 0.0));
        List<PastJob> jobs = new ArrayList<>();
        double now = 0;
        double[] sizes = {60_000, 130_000, 400_000, 900_000};
        int[] batches = {16, 32, 64, 128, 256};
        for (int i = 0; i < count; i++) {
            now += random.nextInt(10) < 3 ? random.nextDouble() * 2 : random.nextDouble() * 30;
            Workload work = work(
                    sizes[random.nextInt(sizes.length)],
                    batches[random.nextInt(batches.length)],
                    1 + random.nextInt(6));
            // a speed factor outside of the cost model, and noise
            double pace = 4e9 * Math.pow(work.batch(), 0.1) * Math.exp(0.12 * random.nextGaussian());
            double epochs = work.epochs() * work.epochCost() / pace;
            double start = Math.max(now, free.remove()) + 0.1 + 0.4 * random.nextDouble();
            double seconds = epochs + 2 + random.nextDouble();
            free.add(start + seconds);
            jobs.add(job(work, now, start, seconds, epochs));
        }
        return jobs;
    }

    private static Workload work(double multiplyAdds, int batch, int epochs) {
        NetworkSize size = new NetworkSize((long) multiplyAdds, (long) multiplyAdds, 1_000);
        double cost = multiplyAdds + 25_000 + 1_500_000.0 / batch;
        return new Workload("mlp", size, cost, 54_000, batch, epochs, Optimizer.ADAM, true, null);
    }

    private static PastJob job(Workload work, double created, double started, double seconds, double epochSeconds) {
        return ranWith("vector", work, created, started, seconds, epochSeconds);
    }

    private static PastJob ranWith(
            String engine, Workload work, double created, double started, double seconds, double epochSeconds) {
        return new PastJob(
                work, later(created), later(started), later(started + seconds), epochSeconds, 4_000.0, engine, true);
    }

    private static Instant later(double seconds) {
        return START.plusMillis(Math.round(seconds * 1_000));
    }
}
