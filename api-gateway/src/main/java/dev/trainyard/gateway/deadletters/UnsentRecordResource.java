package dev.trainyard.gateway.deadletters;

import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.jobs.JobAction;
import dev.trainyard.gateway.jobs.JobActions;
import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.Topics;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Lists records that Kafka refuses; operators retry or drop them. */
@Path("/api/v1/unsent-records")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "operate")
public class UnsentRecordResource {
    private final OutboxQuarantine quarantine;
    private final JobActions jobs;
    private final CurrentProject project;

    UnsentRecordResource(OutboxQuarantine quarantine, JobActions jobs, CurrentProject project) {
        this.project = project;
        this.quarantine = quarantine;
        this.jobs = jobs;
    }

    public record Listing(List<OutboxQuarantine.Unsent> unsentRecords) {}

    @GET
    @PermissionsAllowed(Permissions.OPERATE)
    @Operation(
            summary =
                    "Records that Kafka refused repeatedly, newest first; for operators of one project, those of its jobs")
    public Listing list(
            @Parameter(
                            description = "Most records in the answer",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = PageLimit.MAXIMUM,
                                            defaultValue = "100"))
                    @RestQuery
                    @DefaultValue("100")
                    String limit) {
        return new Listing(quarantine.list(owner(), PageLimit.require(limit)));
    }

    @POST
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("{id}/retry")
    @ResponseStatus(204)
    @Operation(summary = "Send a record again; if its job failed because of it, the job is retried")
    @APIResponse(responseCode = "204", description = "The record will be sent; it is listed again if Kafka refuses it")
    @APIResponse(responseCode = "404", description = "No such record")
    @APIResponse(responseCode = "409", description = "The record's job no longer needs it; drop it")
    public void retry(@RestPath String id) {
        OutboxQuarantine.Unsent record = require(id);
        UUID job = Topics.isJobs(record.topic()) ? uuid(record.key()) : null;
        if (job == null) {
            if (!quarantine.retry(record.id())) {
                throw notFound(id);
            }
            return;
        }
        // the retried job gets a new attempt with a new record
        JobActions.ActionResult result =
                jobs.perform(JobAction.RETRY, job, () -> {}); // operators may retry even if disk space is low
        if (!(result instanceof JobActions.Applied)) {
            throw new ProblemException(
                    ProblemType.CONFLICT,
                    "Job %s no longer needs this record; DELETE /api/v1/unsent-records/%d drops it."
                            .formatted(job, record.id()));
        }
        quarantine.drop(record.id());
    }

    @DELETE
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("{id}")
    @ResponseStatus(204)
    @Operation(summary = "Drop a record so that it is never sent")
    @APIResponse(responseCode = "204", description = "The record was deleted")
    @APIResponse(responseCode = "404", description = "No such record")
    public void drop(@RestPath String id) {
        if (!quarantine.drop(require(id).id())) {
            throw notFound(id);
        }
    }

    /** Records that belong to no job are shown to administrators of all projects only. */
    private @Nullable String owner() {
        return project.isPlatform() ? null : project.name();
    }

    private OutboxQuarantine.Unsent require(String id) {
        try {
            return quarantine.find(owner(), Long.parseLong(id)).orElseThrow(() -> notFound(id));
        } catch (NumberFormatException e) {
            throw notFound(id);
        }
    }

    private static ProblemException notFound(String id) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no unsent record %s; GET /api/v1/unsent-records lists all.".formatted(id));
    }

    private static @Nullable UUID uuid(String key) {
        try {
            return UUID.fromString(key);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
