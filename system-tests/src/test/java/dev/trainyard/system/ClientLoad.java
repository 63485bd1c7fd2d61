package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Clients of all gateways that submit jobs, poll them and predict until this is closed, and remember every answer. */
final class ClientLoad implements AutoCloseable {
    private static final int PREDICTING = 4;
    private static final long PREDICTION_PAUSE_MILLIS = 50;
    private static final long SUBMIT_PAUSE_MILLIS = 2_000;
    private static final long POLL_PAUSE_MILLIS = 200;

    private final PlatformExtension platform;
    private final List<Answer> predictions = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<String> jobs = new CopyOnWriteArrayList<>();
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private volatile boolean stopped;

    /** The answer to a prediction that was sent at {@code at}, a {@link System#nanoTime}. */
    private record Answer(long at, String problem) {
        boolean isError() {
            return !problem.isEmpty();
        }
    }

    private ClientLoad(PlatformExtension platform) {
        this.platform = platform;
    }

    static ClientLoad start(PlatformExtension platform) {
        ClientLoad load = new ClientLoad(platform);
        for (int i = 0; i < PREDICTING; i++) {
            GatewayClient gateway = platform.gateway(1 + i % 2);
            load.clients.execute(() -> load.repeat(PREDICTION_PAUSE_MILLIS, () -> load.predict(gateway)));
        }
        load.clients.execute(() -> load.repeat(SUBMIT_PAUSE_MILLIS, load::submit));
        load.clients.execute(() -> load.repeat(POLL_PAUSE_MILLIS, load::poll));
        return load;
    }

    private void repeat(long pauseMillis, Runnable request) {
        try {
            while (!stopped) {
                request.run();
                TimeUnit.MILLISECONDS.sleep(pauseMillis); // the clients' own rate
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            errors.add("a client failed: " + e);
            throw e;
        }
    }

    private void predict(GatewayClient gateway) {
        long at = System.nanoTime();
        String problem;
        try {
            GatewayClient.Response answer = gateway.predict(8).join();
            problem = answer.status() == 200 ? "" : "%d %s".formatted(answer.status(), answer.body());
        } catch (CompletionException e) {
            problem = String.valueOf(e.getCause());
        }
        predictions.add(new Answer(at, problem));
    }

    private void submit() {
        GatewayClient gateway = platform.gateway(1 + jobs.size() % 2);
        try {
            GatewayClient.Response answer = gateway.submit(PlatformExtension.small(1), PlatformExtension.newId())
                    .join();
            if (answer.status() == 202) {
                jobs.add(platform.accepted(answer));
            } else {
                errors.add("a submit was answered " + answer);
            }
        } catch (CompletionException e) {
            errors.add("a submit failed: " + e.getCause());
        }
    }

    private void poll() {
        if (jobs.isEmpty()) {
            return;
        }
        String key = jobs.get(ThreadLocalRandom.current().nextInt(jobs.size()));
        try {
            GatewayClient.Response answer = platform.gateway(
                            1 + ThreadLocalRandom.current().nextInt(2))
                    .job(key)
                    .join();
            if (answer.status() != 200) {
                errors.add("a poll was answered " + answer);
            }
        } catch (CompletionException e) {
            errors.add("a poll failed: " + e.getCause());
        }
    }

    /** Number of predictions that were answered. */
    int answered() {
        return (int) predictions.stream().filter(answer -> !answer.isError()).count();
    }

    /** Waits until {@code count} more predictions were answered. */
    void awaitAnswered(int count) {
        int target = answered() + count;
        PlatformExtension.await("predictions").until(() -> answered() >= target);
    }

    int jobs() {
        return jobs.size();
    }

    /** Time from {@code since}, a {@link System#nanoTime}, until the last prediction was sent that failed. */
    Duration failingFor(long since) {
        return predictions.stream()
                .filter(answer -> answer.isError() && answer.at() >= since)
                .map(answer -> Duration.ofNanos(answer.at() - since))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Failed predictions, and all, for a person. */
    String summary(long since) {
        List<Answer> failed = predictions.stream().filter(Answer::isError).toList();
        return "%d jobs, %d predictions, %d failed, the last %.1f s after the fault: %s"
                .formatted(
                        jobs.size(),
                        predictions.size(),
                        failed.size(),
                        failingFor(since).toMillis() / 1e3,
                        failed.stream().map(Answer::problem).distinct().limit(5).toList());
    }

    /** Stops the clients; fails if a submit or a poll was refused. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        clients.shutdown();
        assertThat(clients.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(errors).isEmpty();
    }
}
