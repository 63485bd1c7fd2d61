package dev.trainyard.gateway.deadletters;

import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.jobs.JobQueries;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Lists records that could not be processed. */
@Path("/api/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "operate", description = "For operators")
public class DeadLetterResource {
    private final DeadLetterReader reader;
    private final JobQueries jobs;
    private final CurrentProject project;

    DeadLetterResource(DeadLetterReader reader, JobQueries jobs, CurrentProject project) {
        this.jobs = jobs;
        this.project = project;
        this.reader = reader;
    }

    /** @param truncated true if not all requested records could be read in time */
    public record Listing(List<DeadLetter> deadLetters, boolean truncated) {}

    @GET
    @PermissionsAllowed(Permissions.OPERATE)
    @Operation(
            summary =
                    "The newest records of all dead-letter topics, newest first; for operators of one project, those of its jobs")
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
        int most = PageLimit.require(limit);
        if (project.isPlatform()) {
            DeadLetterReader.Reading reading = reader.newest(most);
            return new Listing(reading.letters(), reading.truncated());
        }
        DeadLetterReader.Reading reading = reader.newest(PageLimit.MOST); // others may have the newest ones
        return new Listing(ofProject(reading.letters()).stream().limit(most).toList(), reading.truncated());
    }

    /** What belongs to no job, such as an image, is shown to administrators of all projects only. */
    private List<DeadLetter> ofProject(List<DeadLetter> letters) {
        Set<UUID> known = jobs.existing(
                project.name(),
                letters.stream()
                        .map(letter -> uuid(letter.key()))
                        .flatMap(Optional::stream)
                        .toList());
        return letters.stream()
                .filter(letter -> uuid(letter.key()).filter(known::contains).isPresent())
                .toList();
    }

    private static Optional<UUID> uuid(@Nullable String key) {
        try {
            return Optional.ofNullable(key).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // of another kind of record
        }
    }
}
