package dev.trainyard.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the figures of a chaos run and formats them as a table. */
final class ChaosReport {
    private final List<Duration> brokerRecoveries = new ArrayList<>();
    private final List<Recovery> trainerRecoveries = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Duration lease;
    private String heap = "";
    private Map<String, Integer> faults = Map.of();
    private Map<String, Integer> ends = Map.of();
    private int accepted;
    private int rejectedSubmits;
    private int lostOtherwise;

    /**
     * From a trainer's fault until its job is queued again; {@code available} is the part in which the platform could
     * recover.
     */
    private record Recovery(String job, FaultInjector.Fault fault, Instant at, Duration available) {
        Duration duration() {
            return Duration.between(fault.at(), at);
        }
    }

    /** @param lease silence after which a trainer is considered lost */
    ChaosReport(Duration lease) {
        this.lease = lease;
    }

    synchronized void submitRejected() {
        rejectedSubmits++;
    }

    /** @param text of the gateways' live heap */
    void heap(String text) {
        heap = text;
    }

    void brokerRecovery(Duration recovery) {
        brokerRecoveries.add(recovery);
    }

    /**
     * Records that a job was taken from {@code worker}. The cause is the first fault of that worker since its claim
     * that it did not survive. Without such a fault the worker gave up by itself or lost the broker.
     */
    void lost(
            String job,
            String worker,
            Instant claimed,
            Instant requeued,
            List<FaultInjector.Fault> all,
            AvailabilityMonitor availability) {
        List<FaultInjector.Fault> since = all.stream()
                .filter(fault -> fault.process().equals(worker))
                .filter(fault -> fault.at().isAfter(claimed) && fault.at().isBefore(requeued))
                .toList();
        since.stream()
                .filter(fault -> !outlived(fault, since))
                .findFirst()
                .ifPresentOrElse(
                        fault -> trainerRecoveries.add(
                                new Recovery(job, fault, requeued, availability.availableTime(fault.at(), requeued))),
                        () -> lostOtherwise++);
    }

    /** A freeze shorter than the lease costs no job. If the job was lost nevertheless, a later fault is the cause. */
    private boolean outlived(FaultInjector.Fault fault, List<FaultInjector.Fault> since) {
        return !fault.length().isZero()
                && fault.length().compareTo(lease) < 0
                && since.indexOf(fault) < since.size() - 1;
    }

    void jobs(int count, Map<String, Integer> byEnd) {
        accepted = count;
        ends = byEnd;
    }

    void violations(Collection<String> found) {
        violations.addAll(found);
    }

    List<String> violations() {
        return violations;
    }

    void faults(List<FaultInjector.Fault> all) {
        Map<String, Integer> counts = new TreeMap<>();
        all.forEach(fault -> counts.merge(fault.kind() + " " + fault.process(), 1, Integer::sum));
        all.forEach(fault -> counts.merge("all: " + fault.kind(), 1, Integer::sum));
        faults = counts;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("| what | count |");
        lines.add("|---|---|");
        faults.forEach((what, count) -> lines.add("| %s | %d |".formatted(what, count)));
        lines.add("| jobs accepted | %d |".formatted(accepted));
        ends.forEach((end, count) -> lines.add("| ended: %s | %d |".formatted(end, count)));
        lines.add("| submits that no gateway accepted, repeated | %d |".formatted(rejectedSubmits));
        lines.add("| a lost trainer's job queued again: p50, max | %s |"
                .formatted(summary(
                        trainerRecoveries.stream().map(Recovery::duration).toList())));
        lines.add("| of that, while a gateway was ready and the broker reachable: p50, max | %s |"
                .formatted(summary(
                        trainerRecoveries.stream().map(Recovery::available).toList())));
        lines.add("| jobs queued again without a fault of their trainer | %d |".formatted(lostOtherwise));
        lines.add(
                "| predictions after the broker answered again: p50, max | %s |".formatted(summary(brokerRecoveries)));
        lines.add("| live heap of a gateway, mean of first and last quarter | %s |".formatted(heap));
        lines.add("| violations | %d |".formatted(violations.size()));
        violations.forEach(lines::add);
        return lines;
    }

    /** Longest first, as a starting point for a look into the logs. */
    List<String> slowestRecoveries() {
        return trainerRecoveries.stream()
                .sorted(Comparator.comparing(Recovery::duration).reversed())
                .map(slow ->
                        "recovery %.1f s, %.1f s of them with a gateway ready and the broker reachable: job %s, %s of %s at %s, queued again at %s"
                                .formatted(
                                        slow.duration().toMillis() / 1e3,
                                        slow.available().toMillis() / 1e3,
                                        slow.job(),
                                        slow.fault().kind(),
                                        slow.fault().process(),
                                        slow.fault().at(),
                                        slow.at()))
                .toList();
    }

    private static String summary(List<Duration> durations) {
        if (durations.isEmpty()) {
            return "none";
        }
        List<Duration> sorted = durations.stream().sorted().toList();
        return "%.1f s, %.1f s (%d)"
                .formatted(
                        sorted.get(sorted.size() / 2).toMillis() / 1e3,
                        sorted.get(sorted.size() - 1).toMillis() / 1e3,
                        sorted.size());
    }
}
