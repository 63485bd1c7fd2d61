package dev.trainyard.system.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Submits small jobs of one project, repeats each submit until it is accepted, and cancels or pauses some of the jobs.
 */
final class ChaosLoad implements Runnable {
    private static final int OPEN_LIMIT = 3;
    private static final List<String> PRIORITIES = List.of("low", "normal", "high");

    private final ChaosClient client;
    private final Random random;
    private final ChaosReport report;
    private final List<String> accepted = new ArrayList<>();
    private volatile boolean stopped;

    ChaosLoad(ChaosClient client, long seed, ChaosReport report) {
        this.client = client;
        this.random = new Random(~seed);
        this.report = report;
    }

    @Override
    public void run() {
        List<String> open = new ArrayList<>();
        int number = 0;
        try {
            while (!stopped) {
                if (open.size() < OPEN_LIMIT) {
                    String key = client.submit(config(++number), "chaos-" + number);
                    while (key == null && !stopped) {
                        report.submitRejected();
                        Thread.sleep(250);
                        key = client.submit(config(number), "chaos-" + number);
                    }
                    if (key != null) {
                        recordAccepted(key);
                        open.add(key);
                    }
                }
                actOnRandomJob(open);
                Thread.sleep(300 + random.nextInt(600));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The body depends on the number only, because a repeated idempotency key requires the same body. */
    private static String config(int number) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":16,"num_layers":1},
                 "train_args":{"batch_size":1000,"epochs":3},"promote":"never","priority":"%s"}""".formatted(PRIORITIES.get(number % PRIORITIES.size()));
    }

    private void actOnRandomJob(List<String> open) throws InterruptedException {
        if (open.isEmpty()) {
            return;
        }
        String key = open.get(random.nextInt(open.size()));
        try {
            String status = client.job(key).path("status").asText();
            if (List.of("success", "failed", "cancelled").contains(status)) {
                open.remove(key);
                return;
            }
            int dice = random.nextInt(100);
            if (status.equals("paused")) {
                client.requestAction(key, "resume");
            } else if (dice < 3) {
                client.requestAction(key, "cancel");
            } else if (dice < 6) {
                client.requestAction(key, "pause");
            }
        } catch (IOException e) {
            client.switchGateway();
        }
    }

    private synchronized void recordAccepted(String key) {
        accepted.add(key);
    }

    /** A client of the load's project. */
    ChaosClient client() {
        return client;
    }

    synchronized List<String> accepted() {
        return List.copyOf(accepted);
    }

    void stop() {
        stopped = true;
    }
}
