package dev.trainyard.gateway.predictions.batch;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.http.ReceivedBody;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.predictions.AsyncPredictionAcceptor;
import dev.trainyard.gateway.predictions.BatchResult;
import dev.trainyard.gateway.predictions.PredictionAdmission;
import dev.trainyard.gateway.predictions.PredictionRequest;
import dev.trainyard.gateway.predictions.PredictionService;
import dev.trainyard.gateway.predictions.PreferenceHeaders;
import dev.trainyard.gateway.predictions.RequestOptionParameters;
import dev.trainyard.gateway.predictions.RequestOptions;
import dev.trainyard.gateway.predictions.ResponseOptions;
import dev.trainyard.gateway.predictions.RoutedPredictor;
import dev.trainyard.gateway.predictions.async.AsyncPredictionService;
import dev.trainyard.gateway.predictions.async.AsyncPredictionStore;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Predicts the digits on many images in one request. */
@jakarta.ws.rs.Path("/api/v1/predict/batch")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "predict")
public class BatchResource {
    private static final String ZIP = "application/zip";
    private static final String WINDOWS_ZIP = "application/x-zip-compressed";
    private static final String INSTANCE = "/api/v1/predict/batch";

    private final BatchPredictor predictor;
    private final RoutedPredictor routed;
    private final AsyncPredictionService asyncPredictions;
    private final PredictionAdmission admission;
    private final Duration timeout;
    private final DiskSpace disk;
    private final CurrentProject project;

    BatchResource(
            BatchPredictor predictor,
            RoutedPredictor routed,
            AsyncPredictionService asyncPredictions,
            PredictionAdmission admission,
            DiskSpace disk,
            GatewaySettings settings,
            CurrentProject project) {
        this.project = project;
        this.admission = admission;
        this.disk = disk;
        this.routed = routed;
        this.predictor = predictor;
        this.asyncPredictions = asyncPredictions;
        this.timeout = settings.predict().batchTimeout();
    }

    @POST
    @PermissionsAllowed(Permissions.PREDICT)
    @Consumes({MediaType.MULTIPART_FORM_DATA, ZIP, WINDOWS_ZIP})
    @Operation(
            summary = "Predict the digits on up to 256 PNGs",
            description = "multipart/form-data with a file in each part, whatever the parts' names, or a ZIP archive; "
                    + "32 MB in all, 5 MB an image. Each image has its own result or problem, in the order of the "
                    + "request, as if it were sent alone. Folders and metadata files of file managers are "
                    + "skipped. With Prefer: respond-async the results are available later.")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MediaType.MULTIPART_FORM_DATA, schema = @Schema(type = SchemaType.OBJECT)),
                @Content(mediaType = ZIP, schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(
            responseCode = "200",
            description = "A result for each image",
            content = @Content(schema = @Schema(implementation = BatchResult.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted; the results are available later",
            content = @Content(schema = @Schema(implementation = AsyncPredictionAcceptor.Accepted.class)))
    @APIResponse(responseCode = "413", description = "More than 256 images, over 32 MB, or over 40 MB inflated")
    @APIResponse(responseCode = "422", description = "The body is not a form or archive, or has no image")
    @APIResponse(responseCode = "429", description = "Too many asynchronous predictions are pending")
    @APIResponse(responseCode = "503", description = "Too many batches at once")
    @APIResponse(responseCode = "507", description = "Too little free disk space for uploads")
    public Uni<Response> batch(
            byte[] body,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            @BeanParam RequestOptionParameters parameters,
            @BeanParam PreferenceHeaders preferences,
            @Context RoutingContext routing) {
        Duration limit = preferences.limit(timeout);
        RequestOptions options = parameters.read(project);
        if (contentType == null) {
            throw new ProblemException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE, "Content-Type is missing; send a form or a ZIP archive.");
        }
        boolean zip = contentType.toLowerCase(Locale.ROOT).startsWith("application/");
        disk.require();
        ImageBatch images = zip ? ZipImageReader.read(body) : MultipartImageReader.read(body, contentType);
        ReceivedBody.shrinkTo(routing, body.length + images.bytes());
        int count = images.items().size();
        if (preferences.respondAsync()) {
            admission.admit(routing.request(), count);
            return later(images, options, preferences);
        }
        return admission.predict(
                routing.request(), count, BatchPredictor.WIDTH, limit, () -> now(images, options, limit));
    }

    private Uni<Response> now(ImageBatch images, RequestOptions options, Duration limit) {
        if (!options.selector().equals(ModelSelector.ANY)) {
            routed.selectOne(options.selector()); // an unknown version is one problem, not one for each image
        }
        return Uni.createFrom()
                .completionStage(predictor.predict(images, options, limit, INSTANCE))
                .map(answer -> Response.ok(answer).build());
    }

    private Uni<Response> later(ImageBatch images, RequestOptions options, PreferenceHeaders preferences) {
        ModelRouter.Target target = routed.selectOne(options.selector());
        Iterable<AsyncPredictionStore.NewPrediction> entries = () -> images.items().stream()
                .map(item -> entry(item, options, target))
                .iterator();
        return asyncPredictions.acceptBatch(
                new AsyncPredictionService.Batch(
                        entries,
                        images.items().size(),
                        images.bytes(),
                        images.skipped(),
                        () -> hash(images) + options.idempotencyText()),
                preferences);
    }

    /** Hash of the images rather than of the body, because a form has a new boundary each time. */
    private static String hash(ImageBatch images) {
        StringBuilder all = new StringBuilder();
        for (ImageBatch.Item item : images.items()) {
            all.append(item.name()).append('\n').append(hash(item)).append('\n');
        }
        return all.toString();
    }

    private static String hash(ImageBatch.Item item) {
        try {
            return FileArtifactStore.sha256(item.read());
        } catch (ProblemException e) {
            return e.getMessage();
        }
    }

    private static AsyncPredictionStore.NewPrediction entry(
            ImageBatch.Item item, RequestOptions options, ModelRouter.Target target) {
        byte[] image = {};
        Problem problem = null;
        try {
            byte[] read = item.read();
            PredictionService.check(read);
            image = read;
        } catch (ProblemException e) {
            problem = Problem.of(e, null);
        }
        return new AsyncPredictionStore.NewPrediction(
                item.name(),
                PredictionRequest.png(image, options.want(), target.model(), target.version()),
                new ResponseOptions(target.alias(), options.outliers()),
                problem);
    }
}
