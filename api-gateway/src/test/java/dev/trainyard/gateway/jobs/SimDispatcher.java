package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.scheduling.DispatchLimits;
import dev.trainyard.gateway.scheduling.DispatchRound;
import dev.trainyard.gateway.scheduling.FairShare;
import dev.trainyard.gateway.scheduling.ProjectQueue;
import dev.trainyard.gateway.scheduling.RunningJob;
import dev.trainyard.gateway.scheduling.TrainerPresence;
import dev.trainyard.gateway.scheduling.WaitingJob;
import dev.trainyard.job.JobState;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The dispatcher over the simulated database: the production rules, with checks of each decision. */
final class SimDispatcher {
    static final Map<String, Integer> WEIGHTS = Map.of("a", 1, "b", 3);
    private static final long CLAIM_MILLIS = 10_000;
    private static final Comparator<SimStore.Job> ORDER = Comparator.comparingInt(
                    (SimStore.Job job) -> -job.request.priority())
            .thenComparingLong(job -> job.queuedAt)
            .thenComparingLong(job -> job.number);

    private final SimStore store;
    private final DispatchLimits limits;
    private final Fault fault;
    /** The state that a new leader finds in the database. */
    private final Map<String, Long> served = new HashMap<>();

    private final Set<String> preemptedFor = new HashSet<>();
    private long clock;
    private TrainerPresence trainers;
    private long now;

    /** Ways in which a dispatcher may be wrong; the checks must notice each. */
    enum Fault {
        NONE,
        /** Starts the last job of a project first. */
        LAST_FIRST,
        /** Never counts a trainer as free after its first job. */
        SLOT_LOST,
        /** Preempts a job of the same priority, too. */
        PREEMPTS_EQUALS,
        /** Preempts without handing out the job that needs the trainer. */
        PREEMPTS_IN_VAIN,
        /** Preempts although a trainer is free. */
        PREEMPTS_EAGERLY
    }

    SimDispatcher(SimStore store, DispatchLimits limits, Fault fault) {
        this.store = store;
        this.limits = limits;
        this.fault = fault;
        newLeader();
    }

    /** Another gateway leads, which knows only what the database holds. */
    void newLeader() {
        trainers = new TrainerPresence("default", () -> TimeUnit.MILLISECONDS.toNanos(now));
    }

    /** @param members names of the workers that wait for a job, as the broker sees them */
    void run(Collection<String> members, long at) {
        now = at;
        if (store.jobs.values().stream().noneMatch(SimStore.Job::isWaiting)) {
            return;
        }
        trainers.members(members, TimeUnit.MILLISECONDS.toNanos(now));
        List<RunningJob> running = running();
        TrainerPresence.Count count = trainers.count(running);
        int slots = limits.slots(
                fault == Fault.SLOT_LOST
                        ? new TrainerPresence.Count(count.live(), Math.max(0, count.free() - ended()))
                        : count,
                (int) onTheirWay().count(),
                (int) onTheirWay()
                        .filter(job -> job.dispatchedAt > now - CLAIM_MILLIS)
                        .count());
        FairShare order = new FairShare(clock, queues());
        DispatchRound round = new DispatchRound(order, effects(members));
        if (fault == Fault.PREEMPTS_EAGERLY && limits.preemption()) {
            round.preempt(running);
            round.fill(slots);
        } else {
            round.fill(slots);
            if (limits.preemption()) {
                round.preempt(fault == Fault.PREEMPTS_EQUALS ? withLowerPriorities(running) : running);
            }
        }
        clock = order.clock();
        served.putAll(order.served());
    }

    private DispatchRound.Effects effects(Collection<String> members) {
        return new DispatchRound.Effects() {
            @Override
            public boolean start(WaitingJob job) {
                checkOrder(store.jobs.get(job.key()));
                store.dispatch(store.jobs.get(job.key()), now);
                return true;
            }

            @Override
            public DispatchRound.Exchanged exchange(WaitingJob job, RunningJob victim) {
                SimStore.Job urgent = store.jobs.get(job.key());
                SimStore.Job stopped = store.jobs.get(victim.key());
                checkOrder(urgent);
                checkPreemption(urgent, stopped);
                checkNoTrainerIsFree(members);
                store.preempt(stopped, urgent, now);
                if (fault != Fault.PREEMPTS_IN_VAIN) {
                    store.dispatch(urgent, now);
                }
                return DispatchRound.Exchanged.DONE;
            }
        };
    }

    private void checkOrder(SimStore.Job starting) {
        store.jobs.values().stream()
                .filter(job -> job.isWaiting() && job.request.project().equals(starting.request.project()))
                .filter(job -> ORDER.compare(job, starting) < 0)
                .forEach(job -> store.wrong.add(
                        "job %d started before job %d of its project".formatted(starting.number, job.number)));
    }

    /** The victim has the lowest priority, lower than the urgent job, and is the youngest such job. */
    private void checkPreemption(SimStore.Job urgent, SimStore.Job victim) {
        if (urgent.request.priority() < 75 || victim.request.priority() >= urgent.request.priority()) {
            store.wrong.add("priority %d preempted priority %d"
                    .formatted(urgent.request.priority(), victim.request.priority()));
        }
        store.jobs.values().stream()
                .filter(job -> job.row.state() instanceof JobState.Running)
                .filter(job -> job.request.priority() < victim.request.priority()
                        || job.request.priority() == victim.request.priority() && job.claimedAt > victim.claimedAt)
                .forEach(job ->
                        store.wrong.add("job %d was preempted instead of job %d".formatted(victim.number, job.number)));
        if (!preemptedFor.add(urgent.row.key() + "/" + urgent.row.attempt())) {
            store.wrong.add("two jobs gave way to attempt %d of job %d".formatted(urgent.row.attempt(), urgent.number));
        }
    }

    private void checkNoTrainerIsFree(Collection<String> members) {
        List<String> busy = running().stream().map(RunningJob::worker).toList();
        long free = members.stream().filter(name -> !busy.contains(name)).count();
        if (free > onTheirWay().count()) {
            store.wrong.add("a job was preempted while a trainer was free");
        }
    }

    private List<RunningJob> running() {
        return store.jobs.values().stream()
                .filter(job -> job.row.state() instanceof JobState.Running)
                .map(job -> new RunningJob(
                        job.row.key(),
                        job.row.attempt(),
                        job.row.worker(),
                        "default",
                        job.request.project(),
                        job.request.priority(),
                        Instant.ofEpochMilli(job.claimedAt),
                        job.number))
                .toList();
    }

    private static List<RunningJob> withLowerPriorities(List<RunningJob> running) {
        return running.stream()
                .map(run -> new RunningJob(
                        run.key(),
                        run.attempt(),
                        run.worker(),
                        run.pool(),
                        run.project(),
                        run.priority() - 1,
                        run.claimedAt(),
                        run.number()))
                .toList();
    }

    private Stream<SimStore.Job> onTheirWay() {
        return store.jobs.values().stream().filter(SimStore.Job::isOnItsWay);
    }

    private int ended() {
        return (int) store.jobs.values().stream()
                .filter(job -> job.row.state() instanceof JobState.Terminal)
                .count();
    }

    private List<ProjectQueue> queues() {
        return WEIGHTS.entrySet().stream()
                .map(project -> new ProjectQueue(
                        project.getKey(),
                        project.getValue(),
                        served.getOrDefault(project.getKey(), 0L),
                        Integer.MAX_VALUE,
                        waiting(project.getKey())))
                .toList();
    }

    private List<WaitingJob> waiting(String project) {
        Comparator<SimStore.Job> order = fault == Fault.LAST_FIRST ? ORDER.reversed() : ORDER;
        return store.jobs.values().stream()
                .filter(job -> job.isWaiting() && job.request.project().equals(project))
                .sorted(order)
                .map(job -> new WaitingJob(
                        job.row.key(), job.request.priority(), Instant.ofEpochMilli(job.queuedAt), job.number))
                .toList();
    }
}
