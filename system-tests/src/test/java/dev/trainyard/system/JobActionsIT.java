package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Actions on jobs (cancel, pause, resume) with all real processes. */
@Tag("full")
class JobActionsIT {
    private static final int RACES = 200;
    private static final int AT_ONCE = 20;
    private static final Duration EFFECTIVE_WITHIN = Duration.ofSeconds(5);

    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void cancelAndPauseFreeTheWorkerWithinFiveSeconds() throws Exception {
        String cancelled = platform.submit(PlatformExtension.endless());
        String paused = platform.submit(PlatformExtension.endless());
        platform.awaitEpoch(cancelled, 1);
        platform.awaitEpoch(paused, 1);
        Set<String> workers = Set.of(worker(cancelled), worker(paused));
        String neverStarted = platform.submit(PlatformExtension.endless());
        assertThat(status(platform.gateway(1).requestAction(neverStarted, "cancel")))
                .isEqualTo("cancelled");
        List<String> next =
                List.of(platform.submit(PlatformExtension.endless()), platform.submit(PlatformExtension.endless()));

        assertThat(status(platform.gateway(1).requestAction(cancelled, "cancel")))
                .isEqualTo("cancelled");
        assertThat(status(platform.gateway(2).requestAction(paused, "pause"))).isEqualTo("paused");
        for (String key : next) {
            platform.awaitStatus(key, "training_in_progress");
        }

        assertThat(next.stream().map(JobActionsIT::worker)).containsExactlyInAnyOrderElementsOf(workers);
        Instant requestedAt = at(paused, "paused_by_client");
        for (String key : next) {
            assertThat(Duration.between(requestedAt, at(key, "claimed"))).isLessThan(EFFECTIVE_WITHIN);
        }
        for (String key : List.of(paused, next.get(0), next.get(1))) {
            platform.client().requestAction(key, "cancel");
        }
        platform.awaitStatus(platform.submit(PlatformExtension.small(1)), "success");
        assertThat(platform.reasons(neverStarted)).containsExactly("submitted", "cancelled_by_client");
        assertThat(trainersLogs()).contains("runs job " + cancelled).doesNotContain("runs job " + neverStarted);
    }

    private final Deque<TrainJob> taken = new ArrayDeque<>();

    @Test
    void aCancelRacingTheCompletionYieldsOneEndIn200Runs() throws Exception {
        Race race = new Race();
        List<String> keys = new ArrayList<>();
        try (SuspendedProcess first = platform.freeze("trainer-1");
                SuspendedProcess second = platform.freeze("trainer-2");
                FakeTrainer trainer = new FakeTrainer(
                        platform.kafka(), platform.sharedPlatform().artifacts())) {
            while (keys.size() < RACES) {
                for (int i = 0; i < AT_ONCE; i++) {
                    platform.submit(PlatformExtension.small(1));
                }
                FakeTrainer.Run next = trainer.claim(takeOne(trainer));
                for (int i = 0; i < AT_ONCE; i++) {
                    FakeTrainer.Run run = next;
                    next = i + 1 < AT_ONCE ? trainer.claim(takeOne(trainer)) : null; // applied in the meantime
                    keys.add(run.key());
                    race.run(run, platform.gateway(1 + i % 2));
                }
            }
        }
        assertThat(race.cancelled + race.completed).isEqualTo(RACES);
        assertThat(race.cancelled).as("races that the cancel won").isPositive();
        assertThat(race.completed).as("races that the completion won").isPositive();
        for (String key : keys) {
            JsonNode job = platform.gateway(1).job(key).join().body();
            assertThat(job.path("status").asText()).isIn("cancelled", "success");
            assertThat(platform.gateway(2).job(key).join().body()).isEqualTo(job);
            assertThat(platform.client().events(key))
                    .filteredOn(event -> event.path("type").asText().equals("end"))
                    .hasSize(1);
        }
    }

    /** The next job is handed out once the one before is claimed. */
    private TrainJob takeOne(FakeTrainer trainer) throws MalformedMessageException {
        if (taken.isEmpty()) {
            taken.addAll(trainer.take(1));
        }
        return taken.remove();
    }

    /** Adjusts the timing so that either side can win. */
    private static final class Race {
        private static final long STEP_NANOS = 300_000;

        private int cancelled;
        private int completed;
        /** Nanoseconds from the completion to the cancel; negative if the cancel is sent first. */
        private long delay;

        void run(FakeTrainer.Run run, GatewayClient gateway) throws Exception {
            TrainEvent.Succeeded success = run.success();
            while (platform.job(run.key()).path("history").isEmpty()) {
                Thread.onSpinWait(); // each poll is a request
            }
            CompletableFuture<GatewayClient.Response> cancel;
            if (delay < 0) {
                cancel = gateway.requestAction(run.key(), "cancel");
                LockSupport.parkNanos(-delay);
                run.report(success);
            } else {
                run.report(success);
                LockSupport.parkNanos(delay);
                cancel = gateway.requestAction(run.key(), "cancel");
            }
            int status = cancel.join().status();
            assertThat(status).isIn(200, 409);
            if (status == 200) {
                cancelled++;
                delay += STEP_NANOS;
            } else {
                completed++;
                delay -= STEP_NANOS;
            }
        }
    }

    private static String status(CompletableFuture<GatewayClient.Response> response) {
        return response.join().body().path("status").asText();
    }

    private static String worker(String key) {
        try {
            return platform.job(key).path("worker").asText();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Time of the job's transition for {@code reason}, by the database's clock. */
    private static Instant at(String key, String reason) throws Exception {
        return StreamSupport.stream(platform.job(key).path("transitions").spliterator(), false)
                .filter(step -> step.path("reason").asText().equals(reason))
                .map(step -> Instant.parse(step.path("at").asText()))
                .findFirst()
                .orElseThrow();
    }

    private static String trainersLogs() throws IOException {
        StringBuilder logs = new StringBuilder();
        for (int number = 1; number <= 2; number++) {
            Path log = platform.sharedPlatform().log("trainer-" + number);
            logs.append(Files.readString(log));
        }
        return logs.toString();
    }
}
