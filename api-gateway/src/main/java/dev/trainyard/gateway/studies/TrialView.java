package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A trial in the API.
 *
 * @param number position in its study, from 0
 * @param state running, paused (it waits at a rung), completed, pruned or failed
 * @param job key of its job; null if its configuration was refused
 * @param source sampler or enqueued
 * @param values by their JSON pointers into the configuration
 * @param curve objective after each epoch
 * @param value objective of its last epoch; null unless it is completed
 * @param holdAfterEpoch epoch after which it waits for its promotion; null if it runs to its end
 * @param detail why it failed or was stopped
 */
@Schema(name = "Trial")
record TrialView(
        int number,
        String state,
        @Nullable UUID job,
        @Schema(implementation = String.class) TrialSource source,
        @Schema(implementation = Object.class) Map<String, JsonNode> values,
        List<Point> curve,
        @Nullable Double value,
        @Nullable Integer holdAfterEpoch,
        @Nullable String detail,
        Instant createdAt,
        @Nullable Instant endedAt) {

    /** @param value null if it is not a number */
    @Schema(name = "TrialPoint")
    record Point(int epoch, @Nullable Double value) {}

    /** One page of trials in the order of their numbers; {@code nextCursor} is null on the last. */
    @Schema(name = "TrialPage")
    record Page(List<TrialView> trials, @Nullable String nextCursor) {}

    static TrialView of(ResultSet rs) throws SQLException {
        StudyTrial trial = TrialTable.trial(rs);
        OffsetDateTime ended = rs.getObject("ended_at", OffsetDateTime.class);
        return new TrialView(
                trial.number(),
                TrialTable.wireName(trial.trial().state()),
                rs.getObject("job_key", UUID.class),
                trial.source(),
                trial.trial().values(),
                trial.trial().curve().entrySet().stream()
                        .map(point -> new Point(point.getKey(), StudyJson.number(point.getValue())))
                        .toList(),
                StudyJson.number(trial.trial().value()),
                trial.hold(),
                rs.getString("detail"),
                rs.getObject("created_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant());
    }
}
