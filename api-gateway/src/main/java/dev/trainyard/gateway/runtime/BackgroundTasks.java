package dev.trainyard.gateway.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registry of all background tasks of a gateway. Periodic tasks share one pool; a continuous task has a thread of its
 * own, because it blocks in its client of Kafka or PostgreSQL.
 */
@Singleton
public final class BackgroundTasks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundTasks.class);
    /** Most tasks take milliseconds; two deletions and the reaper may block for longer. */
    private static final int THREADS = 4;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final MeterRegistry metrics;
    private final Clock clock;
    private final BooleanSupplier leader;
    private final ScheduledThreadPoolExecutor pool;
    private final Map<String, Entry> periodic = new ConcurrentHashMap<>();
    private final List<Thread> continuous = new CopyOnWriteArrayList<>();

    private record Entry(PeriodicTask task, TaskRunner runner, TaskRecord state) {}

    @Inject
    BackgroundTasks(MeterRegistry metrics, Leadership leadership) {
        this(metrics, Clock.systemUTC(), leadership::isLeader);
    }

    /** @param leader true while this gateway runs the leader's tasks */
    public BackgroundTasks(MeterRegistry metrics, Clock clock, BooleanSupplier leader) {
        this.metrics = metrics;
        this.clock = clock;
        this.leader = leader;
        AtomicInteger number = new AtomicInteger();
        this.pool =
                new ScheduledThreadPoolExecutor(THREADS, run -> daemon(run, "background-" + number.incrementAndGet()));
        pool.setRemoveOnCancelPolicy(true);
    }

    /** Adds a task, which runs from the next {@link #resume}. */
    public void add(PeriodicTask task) {
        TaskRecord state = new TaskRecord(task, metrics, clock);
        TaskRunner runner = new TaskRunner(task, pool, () -> mayRun(task) ? state.run(task.work()) : task.period());
        if (periodic.putIfAbsent(task.name(), new Entry(task, runner, state)) != null) {
            throw new IllegalArgumentException("there are two tasks " + task.name());
        }
    }

    private boolean mayRun(PeriodicTask task) {
        return task.scope() != TaskScope.LEADER || leader.getAsBoolean();
    }

    /** Starts a task that runs until it is closed. */
    public void start(String name, TaskScope scope, Runnable task) {
        LOG.debug("Starting {} ({})", name, scope);
        Thread thread = daemon(task, name);
        thread.start();
        continuous.add(thread);
    }

    /** Starts the periodic tasks, or continues them after {@link #pause}, with an immediate run of each. */
    public void resume() {
        periodic.values().forEach(entry -> entry.runner().resume());
    }

    /** Stops all periodic tasks until {@link #resume}; returns once no run is in progress, or after a time limit. */
    public void pause() {
        long end = System.nanoTime() + STOP_LIMIT.toNanos();
        try {
            for (Entry entry : periodic.values()) {
                if (!entry.runner().pause(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                    LOG.warn("Task {} is still running", entry.task().name());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs a task soon. */
    public void wake(String name) {
        periodic.get(name).runner().wake();
    }

    /** Runs the tasks of the leader soon. */
    public void wakeLeader() {
        wake(task -> task.scope() == TaskScope.LEADER);
    }

    /** Runs the tasks that wait for such a change soon. */
    void signal(ChangeTopic topic) {
        wake(task -> task.topics().contains(topic));
    }

    private void wake(Predicate<PeriodicTask> which) {
        periodic.values().stream().filter(entry -> which.test(entry.task())).forEach(entry -> entry.runner()
                .wake());
    }

    /** Returns true if the threads of all continuous tasks are alive. */
    public boolean isAlive() {
        return continuous.stream().allMatch(Thread::isAlive);
    }

    /** Returns the names of the tasks whose last run failed; the log holds the reasons. */
    public Set<String> failing() {
        return periodic.values().stream()
                .filter(entry -> entry.state().isFailing())
                .map(entry -> entry.task().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Ends the periodic tasks; continuous tasks are ended by their own {@code close}. */
    @Override
    public void close() {
        pause();
        pool.shutdownNow();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, e) -> LOG.error("Thread {} died", dead.getName(), e));
        return thread;
    }
}
