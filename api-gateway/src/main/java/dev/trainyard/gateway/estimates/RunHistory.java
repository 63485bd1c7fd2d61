package dev.trainyard.gateway.estimates;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Past jobs as a basis of estimates. Each past job is forecast again from the jobs that had ended when it was
 * submitted; the errors of these forecasts determine the width of new intervals.
 */
final class RunHistory {
    private final ThroughputModel throughput;
    private final Map<PastJob, RunForecast> forecasts = new IdentityHashMap<>();
    private final List<PastJob> jobs;
    private final int workers;
    private final ErrorQuantiles runs;
    private final PerWait<ErrorQuantiles> starts;
    private final PerWait<ErrorQuantiles> ends;

    /** @param all recent jobs, ended or not */
    RunHistory(List<PastJob> all) {
        this.jobs = all.stream()
                .sorted(Comparator.comparing(PastJob::createdAt).reversed())
                .toList();
        this.throughput = new ThroughputModel(jobs.stream()
                .filter(PastJob::whole)
                .sorted(Comparator.comparing(PastJob::endedAt).reversed())
                .toList());
        jobs.forEach(job -> forecasts.put(job, throughput.of(job.work(), job.createdAt())));
        this.workers = jobs.stream()
                .filter(job -> job.startedAt() != null)
                .mapToInt(job -> 1 + running(job.startedAt()))
                .max()
                .orElse(1);
        List<Double> ofRuns = new ArrayList<>();
        PerWait<List<Double>> ofStarts = new PerWait<>(new ArrayList<>(), new ArrayList<>());
        PerWait<List<Double>> ofEnds = new PerWait<>(new ArrayList<>(), new ArrayList<>());
        for (PastJob job : jobs) {
            if (job.startedAt() == null) {
                continue;
            }
            QueueForecast queueForecast = queueForecast(job);
            double waited = PastJob.seconds(job.createdAt(), job.startedAt());
            ofStarts.get(queueForecast.waits()).add((waited - queueForecast.delay()) / queueForecast.delayScale());
            if (job.whole()) {
                RunForecast run = queueForecast.run();
                ofRuns.add(Math.log(job.seconds() / run.seconds()) / run.spread());
                double total = waited + job.seconds();
                ofEnds.get(queueForecast.waits())
                        .add(Math.log(total / queueForecast.total()) / queueForecast.totalSpread());
            }
        }
        this.runs = new ErrorQuantiles(ofRuns);
        this.starts = ofStarts.map(ErrorQuantiles::new);
        this.ends = ofEnds.map(ErrorQuantiles::new);
    }

    private int running(Instant at) {
        return (int) jobs.stream().filter(job -> job.ranAt(at)).count();
    }

    /** Largest number of jobs that ran at the same time. */
    int workers() {
        return workers;
    }

    ThroughputModel throughput() {
        return throughput;
    }

    ErrorQuantiles runs() {
        return runs;
    }

    /** @param waits true for jobs that were forecast to wait for a worker */
    ErrorQuantiles starts(boolean waits) {
        return starts.get(waits);
    }

    ErrorQuantiles ends(boolean waits) {
        return ends.get(waits);
    }

    private RunForecast forecast(PastJob job) {
        return Objects.requireNonNull(forecasts.get(job));
    }

    /** Forecasts {@code job} from the state of the queue at its submission. */
    private QueueForecast queueForecast(PastJob job) {
        Instant then = job.createdAt();
        List<Double> running = new ArrayList<>();
        List<Double> waiting = new ArrayList<>();
        for (PastJob other : jobs) {
            if (other == job) {
                continue;
            }
            double seconds = forecast(other).seconds();
            Instant started = other.startedAt();
            if (started != null && other.ranAt(then)) {
                running.add(QueueModel.remaining(seconds, PastJob.seconds(started, then)));
            } else if (other.waitedAt(then)) {
                waiting.add(seconds);
            }
        }
        Collections.reverse(waiting); // oldest first, because the order matters with several workers
        return QueueForecast.of(forecast(job), running, waiting, Math.max(workers, running.size()));
    }

    /** One value for jobs that wait for a worker, and one for jobs that do not. */
    private record PerWait<T>(T waiting, T immediate) {
        T get(boolean waits) {
            return waits ? waiting : immediate;
        }

        <R> PerWait<R> map(Function<T, R> function) {
            return new PerWait<>(function.apply(waiting), function.apply(immediate));
        }
    }
}
