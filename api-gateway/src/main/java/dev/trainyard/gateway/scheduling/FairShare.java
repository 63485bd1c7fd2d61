package dev.trainyard.gateway.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Order of the waiting jobs of one pool. First the project that has been served least for its weight, by start-time fair
 * queueing over the number of started jobs: each start advances its project's virtual time by a stride that is inverse
 * to the weight. A project that was idle starts at the pool's clock, so that idle time earns no credit. Within a project
 * the order of {@link ProjectQueue#jobs} holds; between projects that are served equally, submission decides.
 */
public final class FairShare {
    /** Virtual time of one start at weight 1; divisible by all weights up to 16. */
    public static final long UNIT = 720_720_000L;

    private final List<Line> lines = new ArrayList<>();
    private long clock;

    /** A project with the number of its jobs that were picked, and of those that were skipped. */
    private static final class Line {
        private final ProjectQueue queue;
        private long served;
        private int picked;
        private int skipped;

        private Line(ProjectQueue queue) {
            this.queue = queue;
            this.served = queue.served();
        }

        private boolean hasHead() {
            return picked + skipped < queue.jobs().size();
        }

        private boolean mayStart() {
            return hasHead() && picked < queue.startable();
        }

        private WaitingJob head() {
            return queue.jobs().get(picked + skipped);
        }

        private long tag(long clock) {
            return Math.max(served, clock);
        }
    }

    /** The first job of a project. */
    public record Candidate(WaitingJob job, String project) {}

    /** @param clock virtual time of the pool: that of its last start */
    public FairShare(long clock, List<ProjectQueue> queues) {
        this.clock = clock;
        queues.forEach(queue -> lines.add(new Line(queue)));
    }

    /** Virtual time of one start of a project. */
    public static long stride(int weight) {
        return UNIT / weight;
    }

    /** Returns the next job, for {@link #take} or {@link #skip}; empty if no project has a job that may start. */
    public Optional<Candidate> peek() {
        return lines.stream()
                .filter(Line::mayStart)
                .min(order())
                .map(line -> new Candidate(line.head(), line.queue.project()));
    }

    /** The first job of each project if it may preempt others, in order; {@link #take} removes one. */
    public List<Preemption.Urgent> urgent() {
        return lines.stream()
                .filter(line -> line.hasHead() && Preemption.Urgent.isUrgent(line.head()))
                .sorted(order())
                .map(line -> new Preemption.Urgent(line.head(), line.queue.project(), !line.mayStart()))
                .toList();
    }

    /** Removes the first job of a project, which was handed out. */
    public void take(String project) {
        line(project).ifPresent(this::pick);
    }

    /** Removes the first job of a project, which cannot be handed out now; the project is not charged for it. */
    public void skip(String project) {
        line(project).ifPresent(line -> line.skipped++);
    }

    private Optional<Line> line(String project) {
        return lines.stream()
                .filter(line -> line.queue.project().equals(project))
                .findFirst();
    }

    private Comparator<Line> order() {
        return Comparator.comparingLong((Line line) -> line.tag(clock))
                .thenComparing(line -> line.head().queuedAt())
                .thenComparingLong(line -> line.head().number());
    }

    private void pick(Line line) {
        clock = line.tag(clock);
        line.served = clock + stride(line.queue.weight());
        line.picked++;
    }

    /** Virtual time of the pool after the picks. */
    public long clock() {
        return clock;
    }

    /** Virtual times of the projects whose jobs were picked. */
    public Map<String, Long> served() {
        Map<String, Long> changed = new HashMap<>();
        lines.stream().filter(line -> line.picked > 0).forEach(line -> changed.put(line.queue.project(), line.served));
        return changed;
    }
}
