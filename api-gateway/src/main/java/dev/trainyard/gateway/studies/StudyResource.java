package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.http.SubmitRateLimiter;
import dev.trainyard.gateway.jobs.TrainResource;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
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

/** Accepts studies and returns them with their trials. */
@Path("/api/v1/studies")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "studies", description = "Search for good hyper-parameters with many trials")
public class StudyResource {
    private final Studies studies;
    private final StudyQueries queries;
    private final StudyEstimator estimates;
    private final StudyImportance importance;
    private final SubmitRateLimiter submits;
    private final DiskSpace disk;
    private final CurrentProject project;

    StudyResource(
            Studies studies,
            StudyQueries queries,
            StudyEstimator estimates,
            StudyImportance importance,
            SubmitRateLimiter submits,
            DiskSpace disk,
            CurrentProject project) {
        this.studies = studies;
        this.queries = queries;
        this.estimates = estimates;
        this.importance = importance;
        this.submits = submits;
        this.disk = disk;
        this.project = project;
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Begin a study",
            description = "Each trial is a job. GET /api/v1/train leaves trials out unless ?study= names their study.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StudyRequest.class),
                            examples = @ExampleObject(name = "asha", value = StudyExamples.ASHA)))
    @APIResponse(
            responseCode = "201",
            description = "Stored; its first trials are queued",
            content = @Content(schema = @Schema(implementation = StudyView.class)))
    @APIResponse(
            responseCode = "200",
            description = "With dry_run=true: an estimate of the study",
            content = @Content(schema = @Schema(implementation = StudyPlan.class)))
    @APIResponse(
            responseCode = "422",
            description = "Invalid; every error with its JSON pointer, also those of the configurations of trials")
    @APIResponse(responseCode = "507", description = "Too little free disk space for new work")
    public Response create(
            byte[] body,
            @Parameter(
                            description = "true: return an estimate of the study without beginning it",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @RestQuery("dry_run")
                    String dryRun,
            @HeaderParam("Idempotency-Key") String idempotencyKey,
            @Context HttpServerRequest request) {
        submits.admit(request);
        NewStudy study = NewStudy.read(body);
        TrainResource.requireKey(idempotencyKey);
        if (TrainResource.isDryRun(dryRun)) {
            return Response.ok(estimates.plan(study, project.name())).build();
        }
        UUID id = studies.create(study, project.name(), idempotencyKey);
        return Response.created(URI.create("/api/v1/studies/" + id))
                .entity(queries.view(id))
                .build();
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Operation(summary = "Studies, newest first")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyView.Page.class)))
    @APIResponse(responseCode = "422", description = "Invalid parameters")
    public StudyView.Page list(
            @Parameter(
                            description = "Maximum number of studies in the response",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = PageLimit.MAXIMUM,
                                            defaultValue = "50"),
                            example = "20")
                    @RestQuery
                    @DefaultValue("50")
                    String limit,
            @Parameter(description = "next_cursor of an earlier response to the same query", example = "AAAAAAAAACo")
                    @RestQuery
                    String cursor) {
        Page page = Page.read(limit, cursor);
        return queries.list(project.name(), page.limit(), page.after());
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{id}")
    @Operation(summary = "A study with its request and figures")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyView.class)))
    @APIResponse(responseCode = "404", description = "No such study, or it was deleted some time after its end")
    public StudyView get(@RestPath String id) {
        return queries.view(require(id));
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{id}/trials")
    @Operation(summary = "The trials of a study in the order of their numbers")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = TrialView.Page.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "422", description = "Invalid parameters")
    public TrialView.Page trials(
            @RestPath String id,
            @Parameter(
                            description = "Maximum number of trials in the response",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = PageLimit.MAXIMUM,
                                            defaultValue = "100"),
                            example = "20")
                    @RestQuery
                    @DefaultValue("100")
                    String limit,
            @Parameter(description = "next_cursor of an earlier response to the same query", example = "AAAAAAAAACo")
                    @RestQuery
                    String cursor) {
        Page page = Page.read(limit, cursor);
        return queries.trials(require(id), page.limit(), page.after());
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{id}/best")
    @Operation(
            summary = "The best trial of a study so far",
            description = "Trials that ran to their end come before others, whatever their results.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = TrialView.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "409", description = "No trial has reported a result yet")
    public TrialView best(@RestPath String id) {
        UUID study = require(id);
        StudyView.Best best = queries.view(study).summary().best();
        if (best == null) {
            throw new ProblemException(
                    ProblemType.CONFLICT, "No trial of the study has reported a result that is a number yet.");
        }
        return queries.trial(study, best.trial()).orElseThrow();
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("{id}/importance")
    @Operation(
            summary = "How much of the variance of the results each parameter explains by itself",
            description =
                    "Functional ANOVA on a random forest. It uses the results of the first rung, or those of completed trials if trials do not wait.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = StudyImportance.View.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "409", description = "Too few trials have results that differ")
    public StudyImportance.View importance(@RestPath String id) {
        return importance.of(require(id));
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("{id}/pause")
    @Operation(summary = "Pause a study and the jobs of its trials (idempotent)")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyView.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "409", description = "It has ended")
    public StudyView pause(@RestPath String id) {
        UUID study = require(id);
        studies.pause(study);
        return queries.view(study);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("{id}/resume")
    @Operation(summary = "Let a paused study go on (idempotent)")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyView.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "409", description = "It has ended")
    @APIResponse(responseCode = "507", description = "Too little free disk space for new work")
    public StudyView resume(@RestPath String id, @Context HttpServerRequest request) {
        submits.admit(request);
        UUID study = require(id);
        disk.require();
        studies.resume(study);
        return queries.view(study);
    }

    @POST
    @PermissionsAllowed(Permissions.SUBMIT)
    @Path("{id}/cancel")
    @Operation(summary = "End a study and its trials (idempotent)")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = StudyView.class)))
    @APIResponse(responseCode = "404", description = "No such study")
    @APIResponse(responseCode = "409", description = "It has ended otherwise")
    public StudyView cancel(@RestPath String id) {
        UUID study = require(id);
        studies.cancel(study);
        return queries.view(study);
    }

    private UUID require(String id) {
        return queries.require(id, project.name());
    }

    private record Page(int limit, @Nullable Cursor after) {
        static Page read(String limit, String cursor) {
            List<Violation> errors = new ArrayList<>();
            Page page = new Page(PageLimit.read(limit, errors), Cursor.read(cursor, errors));
            if (!errors.isEmpty()) {
                throw ProblemException.invalid(errors);
            }
            return page;
        }
    }
}
