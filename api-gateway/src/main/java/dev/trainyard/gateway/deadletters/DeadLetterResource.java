package dev.trainyard.gateway.deadletters;

import dev.trainyard.gateway.http.PageLimit;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Lists records that could not be processed. */
@Path("/api/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "operate", description = "For operators")
public class DeadLetterResource {
    private final DeadLetterReader reader;

    DeadLetterResource(DeadLetterReader reader) {
        this.reader = reader;
    }

    /** @param truncated true if not all requested records could be read in time */
    public record Listing(List<DeadLetter> deadLetters, boolean truncated) {}

    @GET
    @Operation(summary = "The newest records of all dead-letter topics, newest first")
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
        DeadLetterReader.Reading reading = reader.newest(PageLimit.require(limit));
        return new Listing(reading.letters(), reading.truncated());
    }
}
