package dev.trainyard.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same run gives the same checkpoint with and without vectors, and with vectors of other processors. */
class SameBitsTest {
    private static final String MARK = "digest ";

    @ParameterizedTest
    @EnumSource(Activation.class)
    void scalarKernelsGiveTheSameBits(Activation activation) {
        for (Optimizer optimizer : Optimizer.values()) {
            assertThat(digest(activation, optimizer, ScalarKernels::new))
                    .as("%s with %s", activation, optimizer)
                    .isEqualTo(digest(activation, optimizer, VectorKernels::new));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void otherInstructionsGiveTheSameBits(int avx) throws Exception {
        Assumptions.assumeTrue(avx < 3 || flags().contains(" avx512f "), "this processor has no AVX-512");
        assertThat(inAnotherProcess("--add-modules", "jdk.incubator.vector", "-XX:UseAVX=" + avx))
                .isEqualTo(withKernels(VectorKernels::new));
    }

    @Test
    void aJvmWithoutTheModuleGivesTheSameBits() throws Exception {
        assertThat(inAnotherProcess()).isEqualTo(withKernels(ScalarKernels::new));
    }

    /** There vectors would be many times slower than scalar code. */
    @Test
    void aJvmWithoutItsLastCompilerUsesScalarKernels() throws Exception {
        assertThat(inAnotherProcess("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"))
                .isEqualTo(withKernels(ScalarKernels::new));
    }

    private static String flags() throws Exception {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        return Files.exists(cpuinfo) ? Files.readString(cpuinfo).replace('\n', ' ') : "";
    }

    public static void main(String[] args) {
        System.out.println(MARK + withKernels(KernelChoice::create));
    }

    /** Name of the kernels, and digest of a run of each activation function with them. */
    private static String withKernels(Supplier<Kernels> kernels) {
        StringBuilder all = new StringBuilder();
        for (Activation activation : Activation.values()) {
            all.append(digest(activation, Optimizer.ADAM, kernels));
        }
        return kernels.get().name() + " "
                + FileArtifactStore.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String digest(Activation activation, Optimizer optimizer, Supplier<Kernels> kernels) {
        TrainArgs args = new TrainArgs(40, 1, 0.01, optimizer, 3, 0);
        ImageDataset images = Digits.train(130);
        StringBuilder parts = new StringBuilder();
        for (NetworkSpec spec : networks(activation).toList()) {
            VectorRun run = VectorEngine.start(spec, args, kernels, 1);
            run.trainEpoch(images, (samples, loss) -> {});
            parts.append(FileArtifactStore.sha256(run.checkpoint()));
        }
        return FileArtifactStore.sha256(parts.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Numbers of filters and units that are not whole vectors; pooling that leaves out an edge; a bare pooling. */
    private static Stream<NetworkSpec> networks(Activation activation) {
        return Stream.of(
                new NetworkSpec(
                        new ImageShape(1, 28, 28),
                        List.of(
                                new LayerSpec.Convolution(6, 5, 2, activation),
                                new LayerSpec.MaxPooling(3),
                                new LayerSpec.Convolution(13, 3, 1, activation),
                                new LayerSpec.Dropout(0.1),
                                new LayerSpec.MaxPooling(2),
                                new LayerSpec.Flatten(),
                                new LayerSpec.Dense(21, activation),
                                new LayerSpec.SoftmaxOutput(10))),
                new NetworkSpec(
                        new ImageShape(1, 28, 28),
                        List.of(
                                new LayerSpec.Flatten(),
                                new LayerSpec.Dense(33, activation),
                                new LayerSpec.Dropout(0.3),
                                new LayerSpec.SoftmaxOutput(10))));
    }

    private static String inAnotherProcess(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SameBitsTest.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines()
                .filter(line -> line.startsWith(MARK))
                .map(line -> line.substring(MARK.length()))
                .findFirst()
                .orElseThrow();
    }
}
