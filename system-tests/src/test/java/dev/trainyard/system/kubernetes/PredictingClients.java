package dev.trainyard.system.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Clients that each predict one image after the other on a kept connection, and repeat nothing. */
final class PredictingClients implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int SHOWN_FAILURES = 20;
    /** Leaves processor time to the pods that start meanwhile. */
    private static final long PAUSE_MILLIS = 50;

    private final ExecutorService threads;
    private final HttpRequest request;
    private final int repetitions;
    private Phase phase = new Phase();
    private volatile boolean stopped;

    /** Requests since {@link #begin}. */
    static final class Phase {
        private long requests;
        private long failed;
        private final List<Long> millis = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();

        private synchronized void succeeded(long took) {
            requests++;
            millis.add(took);
        }

        private synchronized void failed(String reason) {
            requests++;
            failed++;
            if (failures.size() < SHOWN_FAILURES) {
                failures.add(Instant.now() + " " + reason);
            }
        }

        synchronized long requests() {
            return requests;
        }

        synchronized long failed() {
            return failed;
        }

        synchronized List<String> failures() {
            return List.copyOf(failures);
        }

        /** @param share 0.99 for the time that 99 % of the requests did not exceed */
        synchronized long millis(double share) {
            List<Long> sorted = millis.stream().sorted().toList();
            return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
        }
    }

    /** @param repetitions how often a request without an answer is repeated; 0 unless processes are killed */
    PredictingClients(int clients, URI gateway, String token, byte[] png, int repetitions) {
        this.repetitions = repetitions;
        this.request = HttpRequest.newBuilder(gateway.resolve("/api/v1/predict"))
                .header("Content-Type", "image/png")
                .header("Authorization", "Bearer " + token)
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(png))
                .build();
        this.threads = Executors.newFixedThreadPool(clients);
        for (int i = 0; i < clients; i++) {
            threads.execute(this::run);
        }
    }

    /** Begins a phase of its own for the table; the requests in progress belong to it. */
    synchronized Phase begin() {
        phase = new Phase();
        return phase;
    }

    private synchronized Phase phase() {
        return phase;
    }

    private void run() {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LIMIT)
                .build();
        try {
            while (!stopped) {
                predict(http);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void predict(HttpClient http) throws InterruptedException {
        long startedAt = System.nanoTime();
        String failure = null;
        for (int i = 0; i <= repetitions; i++) {
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    phase().succeeded(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt));
                    return;
                }
                failure = response.statusCode() + " " + response.body();
            } catch (IOException e) {
                failure = e.toString();
            }
        }
        phase().failed(String.valueOf(failure));
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        threads.shutdown();
        threads.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
