package dev.trainyard.gateway.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private static final int WINDOW = 200;

    private final Map<String, Long> served = new HashMap<>();
    private long clock;
    private long numbers;

    @Test
    void anyTwoHundredStartsAreSharedByWeight() {
        Map<String, Integer> weights = Map.of("a", 1, "b", 2, "c", 3, "d", 5, "e", 9);
        List<String> starts = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            starts.add(start(weights, weights.keySet().stream().toList()));
        }
        for (int from = 0; from + WINDOW <= starts.size(); from++) {
            List<String> window = starts.subList(from, from + WINDOW);
            weights.forEach((project, weight) -> {
                long count = window.stream().filter(project::equals).count();
                assertThat((double) count).isCloseTo(WINDOW * weight / 20.0, within(0.05 * WINDOW));
            });
        }
    }

    @Test
    void aProjectThatWasIdleEarnsNoCredit() {
        Map<String, Integer> weights = Map.of("busy", 1, "idle", 1);
        for (int i = 0; i < 500; i++) {
            start(weights, List.of("busy"));
        }
        List<String> starts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            starts.add(start(weights, List.of("busy", "idle")));
        }
        assertThat(starts.stream().filter("idle"::equals)).hasSizeBetween(9, 11);
    }

    @Test
    void aProjectRunsItsJobsInTheirOrder() {
        List<WaitingJob> jobs = jobs(5);
        FairShare order = new FairShare(0, List.of(new ProjectQueue("a", 1, 0, Integer.MAX_VALUE, jobs)));
        assertThat(all(order)).containsExactlyElementsOf(jobs);
    }

    @Test
    void betweenProjectsThatAreServedEquallySubmissionDecides() {
        List<WaitingJob> jobs = jobs(4);
        FairShare order = new FairShare(
                0,
                List.of(
                        new ProjectQueue("a", 1, 0, Integer.MAX_VALUE, List.of(jobs.get(1), jobs.get(2))),
                        new ProjectQueue("b", 1, 0, Integer.MAX_VALUE, List.of(jobs.get(0), jobs.get(3)))));
        assertThat(all(order)).containsExactlyElementsOf(jobs);
    }

    @Test
    void aQuotaOfRunningJobsHoldsBackItsProjectOnly() {
        List<WaitingJob> first = jobs(3);
        List<WaitingJob> second = jobs(2);
        FairShare order = new FairShare(
                0,
                List.of(
                        new ProjectQueue("limited", 5, 0, 1, first),
                        new ProjectQueue("free", 1, 0, Integer.MAX_VALUE, second)));
        assertThat(all(order)).containsExactlyInAnyOrder(first.get(0), second.get(0), second.get(1));
    }

    private String start(Map<String, Integer> weights, List<String> waiting) {
        FairShare order = new FairShare(
                clock,
                waiting.stream()
                        .map(project -> new ProjectQueue(
                                project,
                                weights.get(project),
                                served.getOrDefault(project, 0L),
                                Integer.MAX_VALUE,
                                jobs(1)))
                        .toList());
        next(order).orElseThrow();
        clock = order.clock();
        served.putAll(order.served());
        return order.served().keySet().iterator().next();
    }

    @Test
    void aSkippedJobIsNotChargedAndLeavesItsPlaceToTheNext() {
        List<WaitingJob> first = jobs(2);
        List<WaitingJob> second = jobs(1);
        FairShare order = new FairShare(
                0,
                List.of(
                        new ProjectQueue("limited", 1, 0, 1, first),
                        new ProjectQueue("free", 1, 0, Integer.MAX_VALUE, second)));
        assertThat(order.peek()).contains(new FairShare.Candidate(first.get(0), "limited"));
        order.skip("limited");
        assertThat(order.served()).isEmpty();
        assertThat(all(order)).containsExactlyInAnyOrder(first.get(1), second.get(0));
    }

    private static Optional<WaitingJob> next(FairShare order) {
        Optional<FairShare.Candidate> next = order.peek();
        next.ifPresent(candidate -> order.take(candidate.project()));
        return next.map(FairShare.Candidate::job);
    }

    private List<WaitingJob> all(FairShare order) {
        List<WaitingJob> all = new ArrayList<>();
        next(order).ifPresent(all::add);
        while (all.size() < 100) {
            var next = next(order);
            if (next.isEmpty()) {
                return all;
            }
            all.add(next.get());
        }
        throw new AssertionError("it never ends");
    }

    private List<WaitingJob> jobs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new WaitingJob(new UUID(0, ++numbers), 50, Instant.ofEpochSecond(numbers), numbers))
                .toList();
    }
}
