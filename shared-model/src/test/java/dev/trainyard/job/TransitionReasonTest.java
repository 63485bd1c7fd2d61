package dev.trainyard.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TransitionReasonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theWireNamesAreFixed() {
        assertThat(Arrays.stream(TransitionReason.values()).map(TransitionReason::wireName))
                .containsExactly(
                        "submitted",
                        "claimed",
                        "completed",
                        "cancelled_by_client",
                        "paused_by_client",
                        "resumed_by_client",
                        "retried_by_client",
                        "worker_lost",
                        "worker_drained",
                        "preempted",
                        "dispatch_lost",
                        "record_expired",
                        "rung",
                        "promoted",
                        "study_paused",
                        "study_resumed",
                        "pruned",
                        "study_ended",
                        "paused_too_long",
                        "dependencies_met",
                        "dependency_failed",
                        "dependency_cancelled",
                        "run_failed",
                        "dispatch_refused",
                        "rejected",
                        "attempts_exhausted",
                        "never_claimed",
                        "poison",
                        "unknown");
    }

    @Test
    void aReasonIsWrittenAsItsWireName() throws JsonProcessingException {
        assertThat(JSON.writeValueAsString(TransitionReason.WORKER_LOST)).isEqualTo("\"worker_lost\"");
        assertThat(JSON.readValue("\"worker_lost\"", TransitionReason.class)).isEqualTo(TransitionReason.WORKER_LOST);
    }

    @Test
    void aReasonOfALaterReleaseIsUnknown() throws JsonProcessingException {
        assertThat(JSON.readValue("\"migrated\"", TransitionReason.class)).isEqualTo(TransitionReason.UNKNOWN);
        assertThat(TransitionReason.of("migrated")).isEqualTo(TransitionReason.UNKNOWN);
    }
}
