package dev.trainyard.gateway.jobs;

import static dev.trainyard.gateway.problem.ProblemType.NOT_FOUND;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.estimates.JobEstimator;
import dev.trainyard.gateway.estimates.JobPlan;
import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.http.SubmitRateLimiter;
import dev.trainyard.gateway.http.WaitPreference;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Accepts training jobs and returns their state. */
@Path("/api/v1/train")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "train", description = "Submit, watch and control training jobs")
public class TrainResource {
    private static final String POLL_SECONDS = "1";
    private static final Duration FULL_RETRY = Duration.ofSeconds(10);

    private final JobStore store;
    private final JobQueries queries;
    private final JobWaiters waiters;
    private final GatewaySettings settings;
    private final SubmitRateLimiter submits;
    private final Callbacks callbacks;
    private final JobEstimator estimates;
    private final CurrentProject project;

    TrainResource(
            JobStore store,
            JobQueries queries,
            JobWaiters waiters,
            GatewaySettings settings,
            SubmitRateLimiter submits,
            Callbacks callbacks,
            JobEstimator estimates,
            CurrentProject project) {
        this.project = project;
        this.estimates = estimates;
        this.submits = submits;
        this.callbacks = callbacks;
        this.store = store;
        this.queries = queries;
        this.waiters = waiters;
        this.settings = settings;
    }

    /** Response to a submission. */
    public record Accepted(UUID key, String message, String statusUrl) {}

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Submit a training; with Prefer: wait=N the response is the result if it is ready in N seconds")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TrainRequest.class),
                            examples = {
                                @ExampleObject(name = "lenet5", value = TrainExamples.LENET5),
                                @ExampleObject(name = "mlp", value = TrainExamples.MLP)
                            }))
    @APIResponse(
            responseCode = "202",
            description = "Stored and queued",
            content = @Content(schema = @Schema(implementation = Accepted.class)))
    @APIResponse(
            responseCode = "200",
            description = "Ended within the waiting time; with dry_run=true an estimate of the job",
            content = @Content(schema = @Schema(oneOf = {JobView.class, JobPlan.class})))
    @APIResponse(responseCode = "422", description = "Invalid; every error with its JSON pointer")
    @APIResponse(responseCode = "507", description = "Too little free disk space for new work")
    public Uni<Response> submit(
            byte[] body,
            @Parameter(
                            description = "true: return an estimate of the job without submitting it",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @RestQuery("dry_run")
                    String dryRun,
            @Parameter(
                            description = "wait=N holds the response until the job has ended, N seconds at most",
                            schema = @Schema(type = SchemaType.STRING), // clients join several headers
                            example = "wait=60")
                    @HeaderParam("Prefer")
                    List<String> prefer,
            @HeaderParam("Idempotency-Key") String idempotencyKey,
            @Context HttpServerRequest request) {
        submits.admit(request);
        TrainingConfigReader.Valid training = valid(body);
        requireKey(idempotencyKey);
        if (isDryRun(dryRun)) {
            Optional.ofNullable(training.callbackUrl()).ifPresent(callbacks::requireAllowed);
            requireValid(store.errors(newJob(training, idempotencyKey)));
            return Uni.createFrom()
                    .item(Response.ok(estimates.plan(
                                    training.config(), training.pool(), training.priority(), project.name()))
                            .build());
        }
        String owner = project.name();
        UUID key = requireStored(submission(newJob(training, idempotencyKey)));
        Optional<Duration> wait = WaitPreference.parse(
                String.join(",", prefer), settings.waiting().limit());
        if (wait.isEmpty() || waiters.isFull()) { // no Preference-Applied, because the request did not wait
            return Uni.createFrom().item(accepted(key));
        }
        return Uni.createFrom()
                .completionStage(() -> waiters.awaitEnd(key, wait.get()))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(ended -> preferenceApplied(ended ? result(owner, key) : accepted(key), wait.get()));
    }

    private JobStore.NewJob newJob(TrainingConfigReader.Valid training, String idempotencyKey) {
        return new JobStore.NewJob(
                training.config(),
                training.callbackUrl(),
                null,
                idempotencyKey,
                training.priority(),
                project.name(),
                training.after(),
                training.pool());
    }

    private static void requireValid(List<Violation> errors) {
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }

    public static boolean isDryRun(@Nullable String text) {
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.isEmpty() || text.equals("true")) {
            return true;
        }
        throw ProblemException.invalid(List.of(new Violation("?dry_run", "must be true or false")));
    }

    /** Repeated submissions are found before the callback_url is checked, because its host may have changed. */
    private JobStore.SubmitResult submission(JobStore.NewJob job) {
        if (job.callbackUrl() == null) {
            return store.submit(job);
        }
        Optional<JobStore.SubmitResult> known = store.findRepeated(job);
        if (known.isPresent()) {
            return known.get();
        }
        callbacks.requireAllowed(job.callbackUrl());
        return store.submit(job);
    }

    /** The job is stored, so a database outage after that must not look like a failed submission. */
    private Response result(String owner, UUID key) {
        try {
            return Response.ok(job(owner, key)).build();
        } catch (RuntimeException e) {
            if (TransientErrors.isTransient(e)) {
                return accepted(key);
            }
            throw e;
        }
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{key}")
    @Operation(summary = "A job with its epochs, result and transitions")
    @APIResponse(
            responseCode = "200",
            headers =
                    @Header(
                            name = "ETag",
                            description = "For If-None-Match",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "404", description = "No such job, or it was deleted some time after its end")
    @APIResponse(responseCode = "304", description = "Unchanged since the response with that ETag")
    public Uni<Response> get(
            @RestPath String key,
            @Parameter(
                            description = "Seconds to hold the response until there is an event after since",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "0", defaultValue = "0"))
                    @RestQuery
                    String wait,
            @Parameter(
                            description = "last_event_id of an earlier response; by default the current one",
                            schema = @Schema(type = SchemaType.INTEGER, format = "int64", minimum = "0"),
                            example = "12")
                    @RestQuery
                    String since,
            @Parameter(description = "ETag of an earlier response") @HeaderParam("If-None-Match") String ifNoneMatch) {
        UUID id = parse(key);
        String owner = project.name();
        long seconds = number("?wait", wait, 0);
        if (seconds == 0 && ifNoneMatch != null) { // avoids reading an unchanged job
            Optional<JobETag> tag = queries.tag(owner, id).filter(etag -> etag.matches(ifNoneMatch));
            if (tag.isPresent()) {
                return Uni.createFrom()
                        .item(ConditionalResponses.unchanged(tag.get().text()));
            }
        }
        JobView now = job(owner, id);
        long known = number("?since", since, now.lastEventId());
        if (seconds == 0 || now.lastEventId() > known || now.status().isTerminal()) {
            return Uni.createFrom().item(answer(now, ifNoneMatch));
        }
        if (waiters.isFull()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    "Too many requests wait for events; poll without wait.",
                    Duration.ofSeconds(5));
        }
        Duration limit =
                Duration.ofSeconds(Math.min(seconds, settings.waiting().limit().toSeconds()));
        return Uni.createFrom()
                .completionStage(() -> waiters.awaitEvent(id, known, limit))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(found -> answer(job(owner, id), ifNoneMatch));
    }

    private static Response answer(JobView job, String ifNoneMatch) {
        return ConditionalResponses.answer(job, JobETag.of(job).text(), ifNoneMatch);
    }

    private static long number(String name, String text, long otherwise) {
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw ProblemException.invalid(List.of(new Violation(name, "must be a whole number from 0")));
        }
        return Long.parseLong(text);
    }

    private static TrainingConfigReader.Valid valid(byte[] body) {
        TrainingConfigReader.Outcome outcome = TrainingConfigReader.read(StrictJson.parse(body));
        if (outcome instanceof TrainingConfigReader.Invalid invalid) {
            throw ProblemException.invalid(invalid.violations());
        }
        return (TrainingConfigReader.Valid) outcome;
    }

    public static void requireKey(String idempotencyKey) {
        if (idempotencyKey != null && !idempotencyKey.matches("[\\x21-\\x7e]{1,255}")) {
            throw ProblemException.invalid(List.of(
                    new Violation("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")));
        }
    }

    /** @throws ProblemException if the job was not stored */
    public static UUID requireStored(JobStore.SubmitResult submission) {
        if (submission instanceof JobStore.Stored stored) {
            return stored.key();
        }
        if (submission instanceof JobStore.QueueFull full) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS,
                    "%d jobs are waiting, which is the limit of this platform's queue. Try again later."
                            .formatted(full.limit()),
                    FULL_RETRY);
        }
        if (submission instanceof JobStore.DiskFull full) {
            DiskSpace.refuse(full.why());
        }
        if (submission instanceof JobStore.Unacceptable bad) {
            throw ProblemException.invalid(bad.violations());
        }
        throw ProblemException.invalid(List.of(new Violation(
                "Idempotency-Key", "was used for another body within 24 hours; use a new key for a new job")));
    }

    static Response accepted(UUID key) {
        return accepted(key, "Training has been queued; poll status_url.");
    }

    /** Returns 202 for a stored job. */
    public static Response accepted(UUID key, String message) {
        String url = "/api/v1/train/" + key;
        return Response.accepted(new Accepted(key, message, url))
                .location(URI.create(url))
                .header(HttpHeaders.RETRY_AFTER, POLL_SECONDS)
                .build();
    }

    private static Response preferenceApplied(Response answer, Duration wait) {
        return Response.fromResponse(answer)
                .header("Preference-Applied", "wait=" + wait.toSeconds())
                .build();
    }

    private JobView job(String owner, UUID key) {
        return queries.find(owner, key).orElseThrow(() -> unknown(key.toString()));
    }

    /** The key of a job of {@code project}. */
    static UUID require(String key, CurrentProject project, JobQueries queries) {
        UUID id = parse(key);
        if (!queries.exists(project.name(), id)) {
            throw unknown(key);
        }
        return id;
    }

    static UUID parse(String key) {
        try {
            return UUID.fromString(key);
        } catch (IllegalArgumentException e) {
            throw unknown(key);
        }
    }

    static ProblemException unknown(String key) {
        return new ProblemException(
                NOT_FOUND,
                "There is no job with key %s; it never existed, or it was deleted after its retention time (setting trainyard.retention.jobs). GET /api/v1/train lists all jobs."
                        .formatted(key));
    }
}
