package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.message.Topics;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trainers that die or hang while a job is theirs. */
class LostTrainersIT {
    @RegisterExtension
    static final PlatformExtension trial = new PlatformExtension();

    @Test
    void aRunWhoseTrainerIsKilledInAnEpochEndsInTheBytesOfOneThatWasNot() throws Exception {
        String key = trial.submit(PlatformExtension.small(4));
        trial.awaitEpoch(key, 1);
        String killed = worker(key);
        trial.faults().kill(killed);
        trial.awaitStatus(key, "success");
        assertThat(trial.reasons(key)).containsExactly("submitted", "claimed", "worker_lost", "claimed", "completed");
        assertThat(trial.platform().launcher().said()).contains(killed + " ended with status 137; starting it again");
        String again = trial.accepted(trial.client().verify(key));
        trial.awaitStatus(again, "success");
        JsonNode verification = trial.job(again).path("verification");
        assertThat(verification.path("same").asBoolean())
                .as(verification.toString())
                .isTrue();
    }

    @Test
    void aFrozenTrainerThatWakesUpAfterItsLeaseChangesNothing() throws Exception {
        String key = trial.submit(PlatformExtension.small(4));
        trial.awaitEpoch(key, 1);
        try (SuspendedProcess worker = trial.freeze(worker(key))) {
            PlatformExtension.await("its lease's end").until(() -> trial.reasons(key).contains("worker_lost"));
            trial.awaitEpoch(key, 2); // another worker has it
        }
        trial.awaitStatus(key, "success");
        assertThat(trial.claims(key)).containsExactly(1, 2);
    }

    @Test
    void aJobWhoseWorkersDieTwiceBeforeAnEpochIsPoisonAndNotTriedAgain() throws Exception {
        String poison = trial.submit(PlatformExtension.slow());
        for (int attempt = 1; attempt <= 2; attempt++) {
            int claimed = attempt;
            PlatformExtension.await("a claim").until(() -> trial.claims(poison).contains(claimed));
            trial.faults().kill(worker(poison));
        }
        trial.awaitStatus(poison, "failed");
        assertThat(trial.job(poison).path("error").path("code").asText()).isEqualTo("poison");
        assertThat(trial.job(poison).path("history")).isEmpty();

        trial.awaitStatus(trial.submit(PlatformExtension.small(1)), "success");
        assertThat(trial.claims(poison)).containsExactly(1, 2);
        assertThat(trial.records(Topics.TRAIN_JOBS, poison)).hasSize(2);
        PlatformExtension.await("its dead letter").untilAsserted(() -> {
            JsonNode letters =
                    trial.gateway(1).get("/api/v1/dead-letters").join().body();
            assertThat(StreamSupport.stream(letters.path("dead_letters").spliterator(), false))
                    .filteredOn(letter -> letter.path("key").asText().equals(poison))
                    .singleElement()
                    .satisfies(letter ->
                            assertThat(letter.path("topic").asText()).isEqualTo(Topics.TRAIN_JOBS_DEAD_LETTER));
        });
    }

    private static String worker(String key) throws Exception {
        return trial.job(key).path("worker").asText();
    }
}
