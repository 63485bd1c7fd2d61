package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngWriter;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.validation.Violation;
import java.util.Base64;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Explanation of a prediction, for {@code ?explain=true}. */
@Schema(description = "Explanation of the prediction; only with explain=true")
public record Explanation(
        @Schema(
                description = "The 28×28 image that the model saw, a light digit on black, as PNG",
                examples = "data:image/png;base64,iVBORw0KGgo…")
        String picture,

        @Schema(
                description = "28 rows of 28 numbers, one for each pixel of the image: how much the probability of the"
                        + " best guess falls when the 5×5 pixels around it are blanked; below 0 where it rises")
        float[][] occlusion) {
    static final String PARAMETER = "explain";

    static Explanation of(Explained explained) {
        byte[] png = PngWriter.grey(DigitImageDecoder.SIDE, DigitImageDecoder.SIDE, explained.image());
        return new Explanation(
                "data:image/png;base64," + Base64.getEncoder().encodeToString(png), explained.occlusion());
    }

    /** @throws ProblemException if {@code explain} is neither true nor false */
    static RequestedOutput parse(@Nullable String explain) {
        if (explain == null || explain.equals("false")) {
            return RequestedOutput.PREDICTION;
        }
        if (explain.equals("true")) {
            return RequestedOutput.EXPLANATION;
        }
        throw ProblemException.invalid(
                List.of(new Violation("?" + PARAMETER, "must be true or false, not \"%s\"".formatted(explain))));
    }
}
