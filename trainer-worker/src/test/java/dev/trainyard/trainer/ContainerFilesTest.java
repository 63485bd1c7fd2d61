package dev.trainyard.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.job.EngineChoice;
import dev.trainyard.trainer.runtime.TrainerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The container files of trainers differ only in their base image and settings. */
class ContainerFilesTest {
    private static final Pattern SETTING = Pattern.compile("\\b(TRAINYARD_(?:DEVICE|ENGINES))=(\\S+)");
    private static final List<String> GPU_IMAGES = List.of("cuda", "libtorch");

    @Test
    void anImageForGpusRequiresOneAndNamesTheEngineThatUsesIt() throws Exception {
        assertThat(settings("-cuda").engines()).containsExactly("dl4j");
        assertThat(settings("-libtorch").engines()).containsExactly("libtorch");
        for (String image : GPU_IMAGES) {
            TrainerSettings settings = settings("-" + image);
            assertThat(settings.device().choice()).isEqualTo("cuda");
            assertThat(EngineChoice.ENGINES).containsAll(settings.engines());
            assertThat(file("-" + image))
                    .contains("NVIDIA_DRIVER_CAPABILITIES=compute,utility")
                    .contains("CUDA_DEVICE_ORDER=PCI_BUS_ID");
        }
        assertThat(settings("").device().choice()).isEqualTo("auto");
    }

    @Test
    void everyImageHasTheSameContentAndOptions() throws Exception {
        for (String image : GPU_IMAGES) {
            assertThat(instructions(file("-" + image))).isEqualTo(instructions(file("")));
            assertThat(file("-" + image))
                    .containsPattern(
                            "ENTRYPOINT .*\"@/opt/trainyard/trainer.args\".*\"/opt/trainyard/quarkus-run.jar\"");
        }
    }

    @Test
    void composeBuildsEachOfThemInItsProfileWithOneGpu() throws Exception {
        String compose = Files.readString(Path.of("../docker-compose.yml"));
        String service = compose.substring(compose.indexOf("\n  trainer-gpu:"), compose.indexOf("\n  predictor:"));
        assertThat(service)
                .contains("profiles: [gpu]")
                .contains("deploy/trainer-worker-${TRAINYARD_GPU_ENGINE:-cuda}.Containerfile")
                .contains("{driver: nvidia, count: 1, capabilities: [gpu]}");
    }

    private static TrainerSettings settings(String image) throws IOException {
        Map<String, String> properties = new HashMap<>();
        Matcher setting = SETTING.matcher(file(image));
        while (setting.find()) {
            properties.put(setting.group(1).toLowerCase(Locale.ROOT).replace('_', '.'), setting.group(2));
        }
        return TestSettings.with(properties);
    }

    /** What is copied, and who runs it. */
    private static List<String> instructions(String file) {
        return file.lines()
                .filter(line -> line.matches("(COPY (?!--from).*|USER .*|EXPOSE .*)"))
                .toList();
    }

    private static String file(String image) throws IOException {
        return Files.readString(Path.of("../deploy/trainer-worker%s.Containerfile".formatted(image)));
    }
}
