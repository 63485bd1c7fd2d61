package dev.trainyard.gateway.prediction;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.trainyard.gateway.models.Wanted;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Want;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Where a predict request goes. */
@Path("/api/v1/predict")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "predict", description = "Which digit is on a picture")
public class PredictResource {
    private final PictureQuestions questions;

    PredictResource(PictureQuestions questions) {
        this.questions = questions;
    }

    /** The answer and, if it was asked for, what it rests on. */
    public record Answer(
            @JsonUnwrapped Prediction answer,
            @JsonInclude(JsonInclude.Include.NON_NULL) Explanation explanation) {}

    @POST
    @Consumes("image/png")
    @NonBlocking
    @Operation(
            summary = "Which digit is on this PNG",
            description = "The body is the PNG; or multipart/form-data with a part named image. Any colour type, depth"
                    + " and interlacing; at most 5 MB and 4096×4096 pixels. A picture that looks like no digit has a"
                    + " null prediction, a message that says why, and a best_guess.")
    @Parameter(
            name = Explanation.PARAMETER,
            in = ParameterIn.QUERY,
            description = "true adds the picture that the model saw and which pixels spoke for the answer",
            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
    @Parameter(
            name = OutlierPolicy.PARAMETER,
            in = ParameterIn.QUERY,
            description = "accept answers a picture that looks like no digit as any other, and tells the outlier too",
            schema = @Schema(enumeration = {"refuse", "accept"}, defaultValue = "refuse"))
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = "image/png", schema = @Schema(type = SchemaType.STRING, format = "binary")),
                @Content(
                        mediaType = MediaType.MULTIPART_FORM_DATA,
                        schema =
                                @Schema(
                                        type = SchemaType.OBJECT,
                                        requiredProperties = "image",
                                        properties =
                                                @SchemaProperty(
                                                        name = "image",
                                                        type = SchemaType.STRING,
                                                        format = "binary")))
            })
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Answer.class)))
    @APIResponse(responseCode = "404", description = "No such model, version or alias")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "No PNG")
    @APIResponse(
            responseCode = "422",
            description = "A PNG that cannot be read, or a parameter that is not known; errors say what is wrong")
    @APIResponse(
            responseCode = "503",
            description = "No active model, a version that cannot be loaded, or too much at once")
    @APIResponse(responseCode = "504", description = "No answer in time")
    public Uni<Answer> predict(
            byte[] png,
            @RestQuery(Explanation.PARAMETER) String explain,
            @RestQuery(OutlierPolicy.PARAMETER) String outliers,
            @Parameter(description = "Name of the model, by default DigitModel") @RestQuery String model,
            @Parameter(description = "Number of the version that shall answer") @RestQuery String version,
            @Parameter(description = "Alias of the version that shall answer; by default the model's route decides")
                    @RestQuery
                    String alias) {
        Wanted wanted = Wanted.read(model, version, alias);
        return answer(png, Explanation.want(explain), OutlierPolicy.parse(outliers), wanted);
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Blocking
    @Operation(hidden = true)
    public Uni<Answer> predictPart(
            @RestForm("image") FileUpload image,
            @RestQuery(Explanation.PARAMETER) String explain,
            @RestQuery(OutlierPolicy.PARAMETER) String outliers,
            @RestQuery String model,
            @RestQuery String version,
            @RestQuery String alias)
            throws IOException {
        Wanted wanted = Wanted.read(model, version, alias);
        return answer(PictureQuestions.bytes(image), Explanation.want(explain), OutlierPolicy.parse(outliers), wanted);
    }

    private Uni<Answer> answer(byte[] png, Want want, OutlierPolicy policy, Wanted wanted) {
        return questions.ask(png, want, wanted).map(answer -> view(answer, policy));
    }

    private static Answer view(RoutedPredictions.Answer answer, OutlierPolicy policy) {
        PredictReply.Outcome outcome = answer.reply().outcome();
        PredictReply.Answered answered =
                RoutedPredictions.answered(outcome).orElseThrow(() -> PictureQuestions.problem(outcome));
        return new Answer(
                Prediction.of(answered, answer.alias(), policy),
                outcome instanceof PredictReply.Explained explained ? Explanation.of(explained) : null);
    }
}
