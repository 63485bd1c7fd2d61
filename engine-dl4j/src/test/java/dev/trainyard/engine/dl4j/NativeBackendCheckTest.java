package dev.trainyard.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.engine.EngineUnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Starts JVMs, because the options are read at load time. */
class NativeBackendCheckTest {
    private static final String BINARY = "-Dorg.bytedeco.javacpp.platform.extension=-onednn-avx2";
    private static final String HELPERS = "-Dorg.eclipse.deeplearning4j.helpers.disable=false";

    /** Prints the result of {@link NativeBackendCheck}. */
    public static final class Probe {
        public static void main(String[] args) {
            try {
                NativeBackendCheck.requireFast();
                System.out.println("fast");
            } catch (EngineUnavailableException e) {
                System.out.println("refused: " + e.getMessage());
            }
            System.exit(0);
        }
    }

    @Test
    void theJvmOptionsOfATrainerEnableTheFastLibraries() throws Exception {
        assertThat(say(BINARY, HELPERS)).contains("fast").doesNotContain("refused");
    }

    @Test
    void withoutTheHelperTheMissingOptionIsReported() throws Exception {
        assertThat(say(BINARY))
                .contains("refused: DL4J trains convolutions without its oneDNN helper")
                .contains(HELPERS);
    }

    private static String say(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
