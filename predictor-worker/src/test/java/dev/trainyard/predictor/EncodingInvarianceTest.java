package dev.trainyard.predictor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.testing.DigitForms;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustVerdict;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bundled model predicts the digits of example/ in every encoding. */
class EncodingInvarianceTest {
    private static final Path MODEL = Path.of("../api-gateway/src/main/resources/bundled/DigitModel/model.onnx");

    /** Largest outlier score of digits without shades, as a share of the threshold. */
    private static final double SURELY_A_DIGIT = 0.8;

    private static LoadedModel model;

    @BeforeAll
    static void load() throws Exception {
        model = LoadedModel.load("DigitModel", 1, Files.readAllBytes(MODEL));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void oneDigitInTwentyThreeEncodingsHasOnePrediction() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] raw = example(digit);
            Map<String, byte[]> forms = new LinkedHashMap<>(DigitForms.encodings(DigitImageDecoder.decode(raw)));
            assertThat(forms).hasSizeGreaterThan(20);
            forms.put("as it lies in example/", raw);
            Map<String, TrustVerdict> verdicts = verdicts(forms);
            double score = verdicts.get("as it lies in example/").score();
            for (Map.Entry<String, TrustVerdict> form : verdicts.entrySet()) {
                assertThat(form.getValue().prediction())
                        .as("%d as %s", digit, form.getKey())
                        .isEqualTo(digit);
                assertThat(form.getValue().probability())
                        .as("probability of %d as %s", digit, form.getKey())
                        .isGreaterThan(0.9f);
                if (!isCut(form.getKey())
                        || score < SURELY_A_DIGIT * model.trust().orElseThrow().threshold()) {
                    assertThat(form.getValue().outlier())
                            .as("whether %d is no digit as %s", digit, form.getKey())
                            .isFalse();
                }
            }
        }
    }

    /** With one bit per pixel the edges have no shades, which changes the image. */
    private static boolean isCut(String form) {
        return form.endsWith(" 1");
    }

    /** Some styles are ambiguous: a thick pen closes the gaps of a 3. */
    @Test
    void oneDigitInTwentyStylesHasOnePredictionAlmostAlways() throws Exception {
        List<String> others = new ArrayList<>();
        int accepted = 0;
        int asked = 0;
        for (int digit = 0; digit < 10; digit++) {
            Map<String, byte[]> forms = DigitForms.drawings(DigitImageDecoder.decode(example(digit)), digit);
            for (Map.Entry<String, TrustVerdict> form : verdicts(forms).entrySet()) {
                if (form.getValue().prediction() != digit) {
                    others.add(digit + " as " + form.getKey());
                }
                accepted += form.getValue().outlier() ? 0 : 1;
                asked++;
            }
        }
        assertThat(others).as("not what was drawn, of %d", asked).hasSizeLessThanOrEqualTo(3);
        // the others are outliers with the digit as the best guess
        assertThat((double) accepted / asked)
                .as("accepted share of %d drawings", asked)
                .isGreaterThan(0.9);
    }

    @Test
    void aSixStoredUpsideDownIsASix() throws Exception {
        byte[] png = Files.readAllBytes(Path.of("src/test/resources/images/six_upside_down.png"));

        TrustVerdict verdict = verdicts(Map.of("six", png)).get("six");

        assertThat(verdict.prediction()).isEqualTo(6);
        assertThat(verdict.outlier()).isFalse();
    }

    private static byte[] example(int digit) throws Exception {
        return Files.readAllBytes(Path.of("../example/%d.png".formatted(digit)));
    }

    private static Map<String, TrustVerdict> verdicts(Map<String, byte[]> forms) throws Exception {
        List<byte[]> decoded = new ArrayList<>();
        FloatBuffer images = LoadedModel.imageBuffer(forms.size());
        for (byte[] png : forms.values()) {
            byte[] pixels = DigitImageDecoder.decode(png);
            LoadedModel.put(pixels, images, decoded.size());
            decoded.add(pixels);
        }
        LoadedModel.Outputs outputs = model.outputs(images, forms.size());
        TrustEvaluator trust = model.trust().orElseThrow();
        Map<String, TrustVerdict> verdicts = new LinkedHashMap<>();
        for (String name : forms.keySet()) {
            int index = verdicts.size();
            double norm = TrustEvaluator.norm(decoded.get(index), 0, LoadedModel.IMAGE_SIZE);
            verdicts.put(name, trust.judge(outputs.logits(), outputs.shapeFit(), index, norm));
        }
        return verdicts;
    }
}
