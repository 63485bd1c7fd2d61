package dev.trainyard.trainer.imports;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.trainyard.trainer.onnx.RejectedModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detection of out-of-memory errors of a run. */
class StepWatchdogTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bfc_arena.cc:376 AllocateRawInternal Failed to allocate memory for requested buffer of size 4585490524",
                "Exception during initialization: std::bad_alloc"
            })
    void aRunThatGetsNoMemoryIsRefusedForThat(String message) {
        assertThatThrownBy(() -> failing(message))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageStartingWith("While it was tried the model needed more memory than allowed");
    }

    @Test
    void theNameOfANodeIsNotMistakenForAMemoryError() {
        String message = "Non-zero status code returned while running Conv node. Name:'reallocate' Status Message: X";
        assertThatThrownBy(() -> failing(message))
                .isInstanceOf(OrtException.class)
                .hasMessageContaining("reallocate");
    }

    private static void failing(String message) throws Exception {
        new StepWatchdog(1L << 30, refusal -> {}).run("it was tried", 2, () -> {
            throw new OrtException(message);
        });
    }
}
