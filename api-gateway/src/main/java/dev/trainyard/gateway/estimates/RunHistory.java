package dev.trainyard.gateway.estimates;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the jobs that have run teach. Each is forecast once more as on the day it was submitted, by those that had ended
 * then; how far these forecasts were off is how wide the intervals of new ones are.
 */
final class RunHistory {
    private final ThroughputModel paces;
    private final Map<PastJob, RunForecast> forecasts = new IdentityHashMap<>();
    private final List<PastJob> jobs;
    private final int workers;
    private final ErrorQuantiles runs;
    private final Map<Boolean, ErrorQuantiles> starts;
    private final Map<Boolean, ErrorQuantiles> ends;

    /** @param all jobs of late, whether they have ended or not */
    RunHistory(List<PastJob> all) {
        this.jobs = all.stream()
                .sorted(Comparator.comparing(PastJob::createdAt).reversed())
                .toList();
        this.paces = new ThroughputModel(jobs.stream()
                .filter(PastJob::whole)
                .sorted(Comparator.comparing(PastJob::endedAt).reversed())
                .toList());
        jobs.forEach(job -> forecasts.put(job, paces.of(job.work(), job.createdAt())));
        this.workers = jobs.stream()
                .filter(job -> job.startedAt() != null)
                .mapToInt(job -> 1 + running(job.startedAt()))
                .max()
                .orElse(1);
        List<Double> ofRuns = new ArrayList<>();
        Map<Boolean, List<Double>> ofStarts = Map.of(true, new ArrayList<>(), false, new ArrayList<>());
        Map<Boolean, List<Double>> ofEnds = Map.of(true, new ArrayList<>(), false, new ArrayList<>());
        for (PastJob job : jobs) {
            if (job.startedAt() == null) {
                continue;
            }
            QueueForecast outlook = outlook(job);
            double waited = PastJob.seconds(job.createdAt(), job.startedAt());
            ofStarts.get(outlook.waits()).add((waited - outlook.delay()) / outlook.delayScale());
            if (job.whole()) {
                RunForecast run = outlook.run();
                ofRuns.add(Math.log(job.seconds() / run.seconds()) / run.spread());
                double total = waited + job.seconds();
                ofEnds.get(outlook.waits()).add(Math.log(total / outlook.total()) / outlook.totalSpread());
            }
        }
        this.runs = new ErrorQuantiles(ofRuns);
        this.starts = Map.of(true, new ErrorQuantiles(ofStarts.get(true)), false, new ErrorQuantiles(ofStarts.get(false)));
        this.ends = Map.of(true, new ErrorQuantiles(ofEnds.get(true)), false, new ErrorQuantiles(ofEnds.get(false)));
    }

    private int running(Instant at) {
        return (int) jobs.stream().filter(job -> job.ranAt(at)).count();
    }

    /** The most that ran at once of late. */
    int workers() {
        return workers;
    }

    ThroughputModel paces() {
        return paces;
    }

    ErrorQuantiles runs() {
        return runs;
    }

    /** @param waits whether the outlook was that it would have to wait, which is another kind of doubt */
    ErrorQuantiles starts(boolean waits) {
        return starts.get(waits);
    }

    ErrorQuantiles ends(boolean waits) {
        return ends.get(waits);
    }

    /** How it looked when {@code job} was submitted. */
    private QueueForecast outlook(PastJob job) {
        Instant then = job.createdAt();
        List<Double> running = new ArrayList<>();
        List<Double> waiting = new ArrayList<>();
        for (PastJob other : jobs) {
            if (other == job) {
                continue;
            }
            double seconds = forecasts.get(other).seconds();
            if (other.ranAt(then)) {
                running.add(QueueModel.remaining(seconds, PastJob.seconds(other.startedAt(), then)));
            } else if (other.waitedAt(then)) {
                waiting.add(seconds);
            }
        }
        Collections.reverse(waiting); // as they are taken: with several workers the order matters
        return QueueForecast.of(forecasts.get(job), running, waiting, Math.max(workers, running.size()));
    }
}
