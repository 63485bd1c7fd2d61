package dev.trainyard.worker;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.RetryDelay;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicReplication;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a worker that do not depend on its work: threads, topics, readiness and the order of a stop. */
public final class WorkerShell {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerShell.class);
    private static final int TOPICS_LIMIT_SECONDS = 10;
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Limit for threads that have nothing to finish. */
    private static final Duration IDLE_LIMIT = Duration.ofMillis(500);

    /** Work that can be interrupted. */
    @FunctionalInterface
    public interface Task {
        void run() throws InterruptedException;
    }

    private final String kind;
    private final Map<String, Object> kafka;
    private final List<String> jobTopics;
    private final TopicReplication replication;
    private final MeterRegistry registry;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Thread> followers = new CopyOnWriteArrayList<>();
    private final List<CompactedTopicReader> readers = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread main;
    private volatile boolean serving;
    private volatile @Nullable String notReady = "is starting";

    /** @param kind name of the main thread, such as {@code trainer} */
    public WorkerShell(String kind, Map<String, Object> kafka, MeterRegistry registry) {
        this(kind, kafka, List.of(), TopicReplication.DEFAULTS, registry);
    }

    /**
     * @param jobTopics of pools of trainers, created if they are missing
     * @param replication of topics that are created
     */
    public WorkerShell(
            String kind,
            Map<String, Object> kafka,
            List<String> jobTopics,
            TopicReplication replication,
            MeterRegistry registry) {
        this.replication = replication;
        this.jobTopics = List.copyOf(jobTopics);
        this.kind = kind;
        this.kafka = kafka;
        this.registry = registry;
    }

    public String kind() {
        return kind;
    }

    /** Runs {@code body} on the main thread once the topics exist. */
    public void start(Task body) {
        main = start(kind, () -> {
            if (retry(
                    "has no Kafka",
                    () -> TopicInstaller.install(kafka, jobTopics, replication, TOPICS_LIMIT_SECONDS))) {
                body.run();
            }
        });
    }

    /** Starts a thread without which the worker is not live. */
    public Thread start(String name, Task task) {
        Thread thread = daemon(name, () -> {
            try {
                task.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setUncaughtExceptionHandler((dead, e) -> LOG.error("thread {} died", dead.getName(), e));
        thread.start();
        threads.add(thread);
        return thread;
    }

    /** A thread that does not keep the JVM running. */
    public static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Follows {@code topic} on a thread of its own; the worker is ready only while all its partitions can be read. */
    public CompactedTopicReader follow(String topic, CompactedTopicReader.Listener listener) {
        CompactedTopicReader reader = new CompactedTopicReader(kafka, topic, listener);
        showStopped(topic, reader.stopped());
        readers.add(reader);
        followers.add(start(topic, reader::run));
        return reader;
    }

    /** Waits until all that {@code readers} had to read at their start is processed. */
    public void awaitCaughtUp(CompactedTopicReader... readers) throws InterruptedException {
        for (CompactedTopicReader reader : readers) {
            notReady = "has not read the topic " + reader.topic() + " yet";
            reader.awaitCaughtUp();
        }
    }

    /** Registers the number of partitions stopped at a record of a later release. */
    public void showStopped(String topic, StoppedPartitions stopped) {
        registry.gauge("trainyard.partitions.stopped", Tags.of("topic", topic), stopped, StoppedPartitions::count);
    }

    /**
     * Repeats {@code attempt} until it succeeds; returns false if the worker stops before.
     *
     * @param problem what a failure means for the worker, as the rest of a sentence
     */
    public boolean retry(String problem, Task attempt) throws InterruptedException {
        RetryDelay delay = new RetryDelay(RETRY, RETRY);
        while (stopping.getCount() > 0) {
            try {
                attempt.run();
                return true;
            } catch (KafkaException | IllegalStateException e) {
                notReady = problem + ": " + e.getMessage();
                LOG.warn("this {} {}; trying again", kind, notReady);
                delay.await(stopping);
            }
        }
        return false;
    }

    /**
     * From now on the worker does its work, and a stop waits for it.
     *
     * @param problem reason why it is nevertheless not ready, as the rest of a sentence; null if it is
     */
    public void serving(@Nullable String problem) {
        notReady = problem;
        serving = true;
    }

    /** Reason why the worker is not ready, as the rest of a sentence; null if it is ready. */
    public @Nullable String notReady() {
        String problem = notReady;
        return problem != null
                ? problem
                : readers.stream()
                        .map(reader -> reader.stopped().problem())
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    /** Returns true while all threads run. */
    public boolean isAlive() {
        return threads.stream().allMatch(Thread::isAlive);
    }

    /** Waits for the main thread, whose work must have been stopped before; the limit is short if it has no work. */
    public void awaitMain(Duration limit) {
        stopping.countDown();
        Thread running = main;
        if (running != null) {
            // Before it serves there is nothing to finish, and waiting for a broker would be useless.
            await(List.of(running), serving ? limit : IDLE_LIMIT);
        }
    }

    /** Stops following topics, and interrupts the main thread if it still runs. */
    public void stop() {
        stopping.countDown();
        readers.forEach(CompactedTopicReader::close);
        Thread running = main;
        if (running != null) {
            running.interrupt();
        }
        await(followers, IDLE_LIMIT);
    }

    /** Waits up to a short limit for each thread; their work must have been stopped before. */
    public void awaitThreads() {
        await(threads, IDLE_LIMIT);
    }

    private static void await(List<Thread> threads, Duration limit) {
        try {
            for (Thread thread : threads) {
                thread.join(limit.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
