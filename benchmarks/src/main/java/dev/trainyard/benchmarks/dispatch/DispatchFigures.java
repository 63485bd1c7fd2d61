package dev.trainyard.benchmarks.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Figures of jobs in the order in which they were handed out. */
final class DispatchFigures {
    static final int WINDOW = 200;

    private final List<StartedJob> jobs;

    DispatchFigures(List<StartedJob> jobs) {
        this.jobs = jobs.stream()
                .sorted(Comparator.comparing(StartedJob::dispatched))
                .toList();
    }

    /** Milliseconds from each end of a job, which frees a trainer, to the record of the next job. */
    List<Double> dispatchMillis(int trainers) {
        List<Instant> ends = jobs.stream()
                .map(StartedJob::ended)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < ends.size() && trainers + i < jobs.size(); i++) {
            millis.add(millis(ends.get(i), jobs.get(trainers + i).dispatched()));
        }
        return millis;
    }

    /** Milliseconds for which a trainer was idle between the end of a job and its claim of the next. */
    List<Double> idleMillis() {
        Map<String, List<StartedJob>> byWorker = jobs.stream()
                .filter(job -> job.worker() != null && job.claimed() != null && job.ended() != null)
                .collect(Collectors.groupingBy(StartedJob::worker));
        List<Double> millis = new ArrayList<>();
        for (List<StartedJob> ofWorker : byWorker.values()) {
            List<StartedJob> inOrder = ofWorker.stream()
                    .sorted(Comparator.comparing(StartedJob::claimed))
                    .toList();
            for (int i = 1; i < inOrder.size(); i++) {
                millis.add(millis(
                        Objects.requireNonNull(inOrder.get(i - 1).ended()),
                        Objects.requireNonNull(inOrder.get(i).claimed())));
            }
        }
        return millis;
    }

    /** Largest distance of a project's share of any {@link #WINDOW} successive starts from its weight, in percent. */
    double shareError(Map<String, Integer> weights) {
        int total = weights.values().stream().mapToInt(Integer::intValue).sum();
        double worst = 0;
        for (int from = 0; from + WINDOW <= jobs.size(); from++) {
            Map<String, Long> starts = jobs.subList(from, from + WINDOW).stream()
                    .collect(Collectors.groupingBy(StartedJob::project, Collectors.counting()));
            for (Map.Entry<String, Integer> project : weights.entrySet()) {
                double wanted = (double) project.getValue() / total;
                double got = (double) starts.getOrDefault(project.getKey(), 0L) / WINDOW;
                worst = Math.max(worst, 100 * Math.abs(got - wanted));
            }
        }
        return worst;
    }

    static double percentile(List<Double> values, double percent) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(percent / 100 * sorted.size()) - 1));
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }
}
