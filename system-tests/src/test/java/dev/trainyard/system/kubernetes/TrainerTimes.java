package dev.trainyard.system.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Watches the pods of the trainers: how many there are, and how long each was there. */
final class TrainerTimes implements Runnable {
    private static final long PERIOD_MILLIS = 500;

    private final Cluster cluster;
    private final Map<String, Life> lives = new LinkedHashMap<>();
    private int most;
    private int now;
    private volatile boolean stopped;

    /** From the moment a pod was ready until it was last seen. */
    private record Life(Pod pod, Instant lastSeen) {
        Duration ready() {
            return pod.readyAt().map(from -> Duration.between(from, lastSeen)).orElse(Duration.ZERO);
        }
    }

    TrainerTimes(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                look();
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look() throws InterruptedException {
        try {
            now = 0;
            for (Pod pod : cluster.pods("trainer")) {
                now++;
                // a pod that ends is not ready any more, but was
                lives.merge(
                        pod.name(),
                        new Life(pod, Instant.now()),
                        (old, seen) -> new Life(pod.readyAt().isPresent() ? pod : old.pod(), seen.lastSeen()));
            }
            most = Math.max(most, now);
        } catch (IOException e) {
            System.out.println("pods could not be listed: " + e);
        }
    }

    synchronized int now() {
        return now;
    }

    synchronized int most() {
        return most;
    }

    /** All time in which trainers were ready. */
    synchronized Duration ready() {
        return lives.values().stream().map(Life::ready).reduce(Duration.ZERO, Duration::plus);
    }

    /** Time from the creation of the pod that runs {@code worker} until it was ready. */
    synchronized Duration start(String worker) {
        return lives.values().stream()
                .map(Life::pod)
                .filter(pod -> worker.startsWith(pod.name()) && pod.readyAt().isPresent())
                .map(pod -> Duration.between(pod.createdAt(), pod.readyAt().orElseThrow()))
                .findFirst()
                .orElseThrow();
    }

    void stop() {
        stopped = true;
    }
}
