package dev.trainyard.gateway.scheduling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Hands out the next jobs of one pool. */
public final class DispatchRound {
    /** Limit of preemptions in one round. */
    public static final int MOST_PREEMPTIONS = 16;

    private final FairShare order;
    private final Effects effects;

    /** Carries out decisions. */
    public interface Effects {
        /** Hands out a job; returns false if it can no longer be. */
        boolean start(WaitingJob job);

        /** Takes the trainer of {@code victim} for {@code job}, both or none. */
        Exchanged exchange(WaitingJob job, RunningJob victim);
    }

    /** Result of a preemption. */
    public enum Exchanged {
        DONE,
        /** The waiting job cannot be handed out now. */
        JOB_UNAVAILABLE,
        /** The run has ended or is being changed. */
        RUN_CHANGED
    }

    private record Exchange(Preemption.Urgent urgent, RunningJob victim) {}

    public DispatchRound(FairShare order, Effects effects) {
        this.order = order;
        this.effects = effects;
    }

    /** Hands out at most {@code slots} jobs; returns their number. */
    public int fill(int slots) {
        int started = 0;
        while (started < slots) {
            Optional<FairShare.Candidate> next = order.peek();
            if (next.isEmpty()) {
                break;
            }
            if (effects.start(next.get().job())) {
                order.take(next.get().project());
                started++;
            } else {
                order.skip(next.get().project());
            }
        }
        return started;
    }

    /**
     * After {@link #fill}, hands out urgent jobs in place of running ones; returns their number. If a trainer is still
     * free, these are jobs of projects at their quota, each in place of a job of its own project.
     *
     * @param running the running jobs of the pool
     */
    public int preempt(Collection<RunningJob> running) {
        List<RunningJob> victims = new ArrayList<>(running);
        int preempted = 0;
        while (preempted < MOST_PREEMPTIONS) {
            Optional<Exchange> next = order.urgent().stream()
                    .flatMap(urgent ->
                            Preemption.victim(urgent, victims).map(victim -> new Exchange(urgent, victim)).stream())
                    .findFirst();
            if (next.isEmpty()) {
                break;
            }
            Preemption.Urgent urgent = next.get().urgent();
            Exchanged result = effects.exchange(urgent.job(), next.get().victim());
            if (result == Exchanged.RUN_CHANGED) {
                break; // a job that has just ended leaves its trainer free, so that the next round decides again
            }
            if (result == Exchanged.JOB_UNAVAILABLE) {
                order.skip(urgent.project());
                continue;
            }
            victims.remove(next.get().victim());
            order.take(urgent.project());
            preempted++;
        }
        return preempted;
    }
}
