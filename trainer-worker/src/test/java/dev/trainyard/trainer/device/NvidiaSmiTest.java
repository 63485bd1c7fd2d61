package dev.trainyard.trainer.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.device.Accelerator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaSmiTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    @Test
    void everyGpuIsRead() throws Exception {
        NvidiaSmi.Answer answer = query("""
                0, GPU-aaaa, NVIDIA A100-SXM4-80GB, 535.104.05, 8.0, 81920, 81040
                1, GPU-bbbb, Tesla, the second, 535.104.05, 8.9, 1024, 0""");
        assertThat(answer.problem()).isNull();
        assertThat(answer.gpus())
                .containsExactly(
                        new Accelerator(
                                0, "GPU-aaaa", "NVIDIA A100-SXM4-80GB", "535.104.05", "8.0", 80 * GIB, 81040L << 20),
                        new Accelerator(1, "GPU-bbbb", "Tesla, the second", "535.104.05", "8.9", GIB, 0L));
    }

    @Test
    void whatTheDriverDoesNotSayIsUnknown() throws Exception {
        NvidiaSmi.Answer answer =
                query("0, GPU-aaaa, NVIDIA A100, 470.57.02, [N/A], [N/A], [Insufficient Permissions]");
        assertThat(answer.problem()).isNull();
        assertThat(answer.gpus())
                .containsExactly(new Accelerator(0, "GPU-aaaa", "NVIDIA A100", "470.57.02", null, null, null));
        assertThat(answer.gpus().get(0).description())
                .isEqualTo("GPU 0 (NVIDIA A100, driver 470.57.02, compute capability unknown)");
    }

    @Test
    void aMachineWithoutTheCommandHasNoGpu() throws Exception {
        NvidiaSmi.Answer answer = new NvidiaSmi(folder.resolve("missing").toString(), LIMIT).query();
        assertThat(answer.gpus()).isEmpty();
        assertThat(answer.problem()).isNull();
    }

    @Test
    void noLinesAreNoGpu() throws Exception {
        assertThat(query("")).isEqualTo(new NvidiaSmi.Answer(List.of(), null));
    }

    @Test
    void aLineThatIsNotAGpuIsAProblemAndNeverAGpu() throws Exception {
        for (String garbage : new String[] {
            "No devices were found", "0, , , , , ,", "x, GPU-a, Name, 535.1, 8.0, 1, 1", "1,2,3", "\u0000\u0001"
        }) {
            NvidiaSmi.Answer answer = query("0, GPU-a, Name, 535.1, 8.0, 1, 1\n" + garbage);
            assertThat(answer.gpus()).as(garbage).hasSize(1);
            assertThat(answer.problem()).as(garbage).contains("printed a line that is not a GPU");
        }
    }

    @Test
    void aFailureIsNamedWithItsFirstLine() throws Exception {
        NvidiaSmi.Answer answer = new NvidiaSmi(
                        FakeNvidiaSmi.script(
                                folder, "echo 'Field \"compute_cap\" is not a valid field to query.'; exit 2"),
                        LIMIT)
                .query();
        assertThat(answer.gpus()).isEmpty();
        assertThat(answer.problem())
                .contains("ended with status 2: Field \"compute_cap\" is not a valid field to query.");
    }

    @Test
    void aCommandThatHangsIsKilled() throws Exception {
        NvidiaSmi.Answer answer = new NvidiaSmi(
                        FakeNvidiaSmi.script(folder, "echo '0, GPU-a, Name, 535.1, 8.0, 1, 1'; sleep 600"),
                        Duration.ofSeconds(1))
                .query();
        assertThat(answer.gpus()).isEmpty();
        assertThat(answer.problem()).contains("did not end within 1 s; check the driver");
    }

    private NvidiaSmi.Answer query(String csv) throws IOException, InterruptedException {
        return new NvidiaSmi(FakeNvidiaSmi.printing(folder, csv), LIMIT).query();
    }
}
