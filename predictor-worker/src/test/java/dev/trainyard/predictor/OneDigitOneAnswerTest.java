package dev.trainyard.predictor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.image.DigitImage;
import dev.trainyard.image.testing.DigitForms;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.predictor.models.ServedModels;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The model that the platform starts with sees the digits of example/ in every form. */
class OneDigitOneAnswerTest {
    private static final Path MODEL =
            Path.of("../api-gateway/src/main/resources/bundled/DigitModel/model.onnx");

    private final ServedModels models = new ServedModels();

    @AfterEach
    void close() {
        models.close();
    }

    @Test
    void oneDigitEncodedInTwentyThreeWaysAndDrawnInTwentyGivesOneAnswer() throws Exception {
        models.serve(LoadedModel.load("DigitModel", 1, Files.readAllBytes(MODEL)));
        LoadedModel model = models.acquire("DigitModel").orElseThrow();
        for (int digit = 0; digit < 10; digit++) {
            byte[] raw = Files.readAllBytes(Path.of("../example/%d.png".formatted(digit)));
            byte[] pixels = DigitImage.decode(raw);
            Map<String, byte[]> forms = new LinkedHashMap<>(DigitForms.encodings(pixels));
            assertThat(forms).hasSizeGreaterThan(20);
            forms.putAll(DigitForms.drawings(pixels, digit));
            forms.put("as it lies in example/", raw);
            List<String> names = new ArrayList<>(forms.keySet());
            FloatBuffer images = LoadedModel.imageBuffer(names.size());
            for (int i = 0; i < names.size(); i++) {
                LoadedModel.put(DigitImage.decode(forms.get(names.get(i))), images, i);
            }
            float[] probabilities = model.run(images, names.size());
            for (int i = 0; i < names.size(); i++) {
                assertThat(probabilities[i * 10 + digit])
                        .as("probability of %d as %s", digit, names.get(i))
                        .isGreaterThan(names.get(i).endsWith("pen") ? 0.5f : 0.9f);
            }
        }
        model.release();
    }
}
