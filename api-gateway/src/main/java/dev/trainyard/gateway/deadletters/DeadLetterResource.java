package dev.trainyard.gateway.deadletters;

import dev.trainyard.gateway.PageLimit;
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

/** Where an operator sees what could not be processed. */
@Path("/api/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "operate", description = "For operators")
public class DeadLetterResource {
    private final DeadLetterReader box;

    DeadLetterResource(DeadLetterReader box) {
        this.box = box;
    }

    /** @param truncated whether older ones that were asked for could not be read in time; ask for fewer */
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
                                            maximum = "500",
                                            defaultValue = "100"))
                    @RestQuery
                    @DefaultValue("100")
                    String limit) {
        DeadLetterReader.Reading reading = box.newest(PageLimit.require(limit));
        return new Listing(reading.letters(), reading.truncated());
    }
}
