package dev.trainyard.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.TrainingDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** Starts JVMs of its own, as ND4J selects its backend once; with {@code -Pcuda} there are two backends. */
class DeviceOfDl4jTest {

    /** Prints the backend that ND4J started, or why it did not. */
    public static final class Probe {
        public static void main(String[] args) {
            Dl4jEngine engine = new Dl4jEngine();
            engine.use(
                    args[0].equals("cuda")
                            ? new TrainingDevice.Cuda(0, OptionalLong.of(1L << 30))
                            : TrainingDevice.CPU);
            try {
                engine.requireReady();
                System.out.println("ready: " + Nd4j.getBackend().getClass().getSimpleName());
            } catch (EngineUnavailableException e) {
                System.out.println("refused: " + e.getMessage());
            }
            System.exit(0);
        }
    }

    @Test
    void theProcessorIsUsedWhereItIsChosen() throws Exception {
        assertThat(say("cpu")).contains("ready: CpuBackend").doesNotContain("JCublasBackend");
    }

    @Test
    void aGpuThatNd4jCannotUseIsRefusedAndNeverReplacedByTheProcessor() throws Exception {
        assumeTrue(BackendFilter.hasCuda(), "built without -Pcuda");
        assumeFalse(Path.of("/dev/nvidiactl").toFile().exists(), "this machine has a GPU");
        assertThat(say("cuda"))
                .contains("refused: ND4J cannot start its CUDA backend (", "libcuda.so")
                .contains("Install the CUDA 11.6 libraries and the driver")
                .doesNotContain("CpuBackend");
    }

    private static String say(String device) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.platform.extension=-onednn-avx2",
                        "-Dorg.eclipse.deeplearning4j.helpers.disable=false",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        device))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
