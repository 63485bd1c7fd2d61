package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.message.Topics;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trainers that are killed or hang while they run a job. */
@Tag("full")
class LostTrainersIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void aRunOfAKilledTrainerYieldsTheSameModel() throws Exception {
        String key = platform.submit(PlatformExtension.small(4));
        platform.awaitEpoch(key, 1);
        String killed = worker(key);
        platform.faults().kill(killed);
        platform.awaitStatus(key, "success");
        assertThat(platform.reasons(key))
                .containsExactly("submitted", "claimed", "worker_lost", "claimed", "completed");
        assertThat(platform.sharedPlatform().launcher().output())
                .contains(killed + " ended with status 137; starting it again");
        String again = platform.accepted(platform.client().verify(key));
        platform.awaitStatus(again, "success");
        JsonNode verification = platform.job(again).path("verification");
        assertThat(verification.path("same").asBoolean())
                .as(verification.toString())
                .isTrue();
    }

    @Test
    void aTrainerResumedAfterItsLeaseChangesNothing() throws Exception {
        String key = platform.submit(PlatformExtension.small(4));
        platform.awaitEpoch(key, 1);
        try (SuspendedProcess worker = platform.freeze(worker(key))) {
            PlatformExtension.await("its lease's end")
                    .until(() -> platform.reasons(key).contains("worker_lost"));
            platform.awaitEpoch(key, 2); // on another worker
        }
        platform.awaitStatus(key, "success");
        assertThat(platform.claims(key)).containsExactly(1, 2);
    }

    @Test
    void aJobThatKillsTwoWorkersIsPoison() throws Exception {
        String poison = platform.submit(PlatformExtension.slow());
        for (int attempt = 1; attempt <= 2; attempt++) {
            int claimed = attempt;
            PlatformExtension.await("a claim")
                    .until(() -> platform.claims(poison).contains(claimed));
            platform.faults().kill(worker(poison));
        }
        platform.awaitStatus(poison, "failed");
        assertThat(platform.job(poison).path("error").path("code").asText()).isEqualTo("poison");
        assertThat(platform.job(poison).path("history")).isEmpty();

        platform.awaitStatus(platform.submit(PlatformExtension.small(1)), "success");
        assertThat(platform.claims(poison)).containsExactly(1, 2);
        assertThat(platform.records(Topics.TRAIN_JOBS, poison)).hasSize(2);
        PlatformExtension.await("its dead letter").untilAsserted(() -> {
            JsonNode letters =
                    platform.gateway(1).get("/api/v1/dead-letters").join().body();
            assertThat(StreamSupport.stream(letters.path("dead_letters").spliterator(), false))
                    .filteredOn(letter -> letter.path("key").asText().equals(poison))
                    .singleElement()
                    .satisfies(letter ->
                            assertThat(letter.path("topic").asText()).isEqualTo(Topics.TRAIN_JOBS_DEAD_LETTER));
        });
    }

    private static String worker(String key) throws Exception {
        return platform.job(key).path("worker").asText();
    }
}
