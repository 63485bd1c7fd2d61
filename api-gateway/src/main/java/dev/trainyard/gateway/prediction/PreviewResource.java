package dev.trainyard.gateway.prediction;

import dev.trainyard.image.DigitImage;
import dev.trainyard.image.PngWriter;
import dev.trainyard.message.PredictReply;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Shows what becomes of a picture before a model sees it. */
@Path("/api/v1/predict/preview")
@Produces(PreviewResource.PNG)
@Tag(name = "predict")
public class PreviewResource {
    static final String PNG = "image/png";

    private final PictureQuestions questions;

    PreviewResource(PictureQuestions questions) {
        this.questions = questions;
    }

    @POST
    @Consumes(PNG)
    @NonBlocking
    @Operation(
            summary = "The 28×28 picture that a model would see of this PNG",
            description =
                    "It needs no model. It is a POST, although nothing changes: the picture is the request's body,"
                            + " which a GET has no meaning for and proxies drop.")
    @RequestBody(
            required = true,
            content = @Content(mediaType = PNG, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(
            responseCode = "200",
            description = "28×28, 8-bit grey, a light digit on black",
            content = @Content(mediaType = PNG, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "413", description = "Over 5 MB")
    @APIResponse(responseCode = "415", description = "No PNG")
    @APIResponse(responseCode = "422", description = "A PNG that cannot be read; errors say what is wrong with it")
    @APIResponse(responseCode = "503", description = "Too much at once")
    @APIResponse(responseCode = "504", description = "No answer in time")
    public Uni<byte[]> preview(byte[] png, @BeanParam WaitLimit wait) {
        return questions.picture(png, wait.limit(questions.timeout())).map(outcome -> {
            if (outcome instanceof PredictReply.Pictured pictured) {
                return PngWriter.grey(DigitImage.SIDE, DigitImage.SIDE, pictured.picture());
            }
            throw PictureQuestions.problem(outcome);
        });
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Blocking
    @Operation(hidden = true)
    public Uni<byte[]> previewPart(@RestForm("image") FileUpload image, @BeanParam WaitLimit wait) throws IOException {
        return preview(PictureQuestions.bytes(image), wait);
    }
}
