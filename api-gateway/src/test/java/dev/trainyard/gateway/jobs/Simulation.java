package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.scheduling.DispatchLimits;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.HistoryChecker;
import dev.trainyard.job.JobState;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Simulates the job engine in virtual time: the production rules with a queue and a store that lose, delay, duplicate
 * and reorder messages by a seed. The same seed gives the same run.
 */
final class Simulation {
    private static final int WORKERS = 3;
    private static final long CHAOS_MILLIS = 240_000;
    private static final long LIMIT_MILLIS = 3_600_000;
    private static final long REAPER_MILLIS = 5_000;
    private static final long UNCLAIMED_MILLIS = 30_000;
    /** Longest time for which a worker may be idle while a job waits and no record is on its way to it. */
    private static final long IDLE_LIMIT_MILLIS = 15_000;

    private record Action(long at, long number, Runnable what) {}

    private final Random random;
    private final SimStore store;
    private final SimDispatcher dispatcher;
    private final List<SimWorker> workers = new ArrayList<>();
    private final PriorityQueue<Action> agenda = new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.number(), b.number()));
    private final List<TrainJob> queue = new ArrayList<>();
    private final double faultRate;
    private long now;
    private long numbers;
    private int eventsOnTheWay;
    private int recordsOnTheWay;
    private long idleSince = -1;

    Simulation(
            long seed, BiFunction<JobRow, TrainEvent, JobRules.Decision> judge, SimDispatcher.Fault dispatcherFault) {
        this.random = new Random(seed * 0x9e3779b97f4a7c15L);
        this.store = new SimStore(rules(random), judge);
        this.faultRate = random.nextDouble() * 0.08;
        this.dispatcher = new SimDispatcher(store, new DispatchLimits(1, 0, random.nextBoolean()), dispatcherFault);
        for (int i = 1; i <= WORKERS; i++) {
            boolean knowsHolds = i < WORKERS || random.nextBoolean();
            workers.add(new SimWorker("worker-" + i, random, this::sendEvent, knowsHolds));
        }
    }

    static JobRules rules(Random random) {
        return new JobRules(new RetryPolicy(3, random::nextDouble));
    }

    /** Runs to the end of all jobs; returns a sentence for each violation. */
    List<String> run() {
        int jobs = 1 + random.nextInt(8);
        for (int i = 0; i < jobs; i++) {
            UUID key = new UUID(random.nextLong(), random.nextLong());
            int epochs = 1 + random.nextInt(4);
            SimStore.Request request =
                    new SimStore.Request(random.nextBoolean() ? "a" : "b", 25 * (1 + random.nextInt(3)), hold(0));
            after(random.nextInt(60_000), () -> store.submit(key, epochs, request, now));
        }
        every(1_000, this::work);
        every(1_000, this::dispatch);
        every(500, this::relay);
        every(1_000, this::promote);
        // two gateways
        every(REAPER_MILLIS, this::poll);
        after(random.nextInt(5_000), () -> every(REAPER_MILLIS, this::poll));
        while (now < LIMIT_MILLIS && !(now > CHAOS_MILLIS && allEnded())) {
            Action next = agenda.remove();
            now = next.at();
            next.what().run();
        }
        List<String> wrong = new ArrayList<>(store.wrong);
        store.jobs.values().forEach(job -> wrong.addAll(HistoryChecker.violations(job.history())));
        return wrong;
    }

    private boolean allEnded() {
        return store.jobs.values().stream().allMatch(job -> job.row.state() instanceof JobState.Terminal);
    }

    private boolean chaos() {
        return now < CHAOS_MILLIS;
    }

    private boolean happens(double share) {
        return chaos() && random.nextDouble() < share;
    }

    private void work() {
        for (SimWorker worker : workers) {
            if (happens(faultRate)) {
                fault(worker);
            }
            worker.work(now);
            if (worker.isIdle(now) && !queue.isEmpty()) {
                TrainJob record = queue.remove(random.nextInt(queue.size()));
                SimStore.Job job = store.jobs.get(record.key());
                if (happens(faultRate)) {
                    continue; // died with the record in its hand, offset committed
                }
                worker.take(record, job.epochs);
            }
        }
        if (happens(0.02)) {
            requestAction();
        }
        if (!chaos()) {
            List.copyOf(store.jobs.keySet()).forEach(key -> store.resume(key, now));
        }
    }

    private void fault(SimWorker worker) {
        switch (random.nextInt(5)) {
            case 0, 1 -> worker.die(now, 1_000 + random.nextInt(20_000));
            case 2 -> worker.freeze(now, random.nextInt(150_000));
            case 3 -> worker.drain();
            default ->
                worker.fail(random.nextBoolean() ? FailureCode.INTERNAL_ERROR : FailureCode.CONFIGURATION_REJECTED);
        }
    }

    /** Of half of the jobs, an epoch after {@code done}, which may be their last one; null of the others. */
    private @Nullable Integer hold(int done) {
        return random.nextBoolean() ? (Integer) (done + 1 + random.nextInt(3)) : null;
    }

    private void promote() {
        for (UUID key : List.copyOf(store.jobs.keySet())) {
            if (!chaos() || random.nextInt(10) == 0) {
                store.promote(key, job -> hold(job.epochsDone()), now);
            }
        }
    }

    private void requestAction() {
        List<UUID> keys = List.copyOf(store.jobs.keySet());
        if (keys.isEmpty()) {
            return;
        }
        UUID key = keys.get(random.nextInt(keys.size()));
        switch (random.nextInt(6)) {
            case 0 -> store.cancel(key);
            case 1, 2 -> store.pause(key);
            case 3, 4 -> store.resume(key, now);
            default -> store.retry(key, now);
        }
    }

    private void dispatch() {
        if (happens(0.01)) {
            dispatcher.newLeader();
        }
        if (happens(0.1)) {
            return; // database or leader away
        }
        dispatcher.run(
                workers.stream()
                        .filter(worker -> worker.isIdle(now))
                        .map(worker -> worker.name)
                        .toList(),
                now);
        checkNoSlotIsLost();
    }

    private void checkNoSlotIsLost() {
        boolean nothingOnItsWay = queue.isEmpty() && recordsOnTheWay == 0 && store.outbox.isEmpty();
        if (!nothingOnItsWay
                || store.jobs.values().stream().noneMatch(SimStore.Job::isWaiting)
                || workers.stream().noneMatch(worker -> worker.isIdle(now))) {
            idleSince = -1;
        } else if (idleSince < 0) {
            idleSince = now;
        } else if (now - idleSince > IDLE_LIMIT_MILLIS) {
            store.wrong.add("a worker was idle for %d ms while a job waited".formatted(now - idleSince));
        }
    }

    private void relay() {
        if (happens(0.1)) {
            return; // broker away
        }
        while (!store.outbox.isEmpty()) {
            Versioned message = store.outbox.peek();
            deliver(message);
            if (happens(0.05)) {
                return; // killed between send and delete: it goes again
            }
            store.outbox.remove();
        }
    }

    private void deliver(Versioned message) {
        if (message instanceof TrainJob job) {
            recordsOnTheWay++;
            after(delay(), () -> {
                recordsOnTheWay--;
                queue.add(job);
            });
        } else if (message instanceof TrainControl order) {
            workers.forEach(worker -> after(delay(), () -> worker.hear(order, now)));
        }
    }

    private void sendEvent(TrainEvent event) {
        if (happens(faultRate / 4)) {
            return; // lost with the process that had it in its buffer
        }
        int copies = happens(0.1) ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            eventsOnTheWay++;
            after(delay(), () -> {
                eventsOnTheWay--;
                store.apply(event, now);
            });
        }
        if (happens(0.02)) {
            TrainEvent forged = new TrainEvent(
                    event.v(),
                    event.key(),
                    event.attempt(),
                    new UUID(random.nextLong(), 1),
                    1_000 + numbers,
                    "forger",
                    event.at(),
                    event.fact());
            after(delay(), () -> store.apply(forged, now));
        }
        if (happens(0.02)) {
            after(random.nextInt(200_000), () -> store.apply(event, now)); // very late
        }
    }

    private void poll() {
        if (eventsOnTheWay > 0 || happens(0.05)) {
            return;
        }
        store.reap(now, now);
        if (queue.isEmpty() && recordsOnTheWay == 0 && store.outbox.isEmpty()) {
            store.redispatch(now - UNCLAIMED_MILLIS, now);
        }
    }

    /** Long delays let later messages overtake. */
    private long delay() {
        return happens(0.05) ? random.nextInt(8_000) : random.nextInt(100);
    }

    private void after(long millis, Runnable what) {
        agenda.add(new Action(now + millis, numbers++, what));
    }

    private void every(long millis, Runnable what) {
        after(millis, () -> {
            what.run();
            every(millis, what);
        });
    }
}
