package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.predictions.OutlierPolicy;
import dev.trainyard.gateway.predictions.PredictionResult;
import dev.trainyard.gateway.predictions.ResponseOptions;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of asynchronous predictions.
 *
 * @param options for turning the reply into a result
 * @param reply of the predictor
 * @param problem that the gateway found
 */
record AsyncPredictionRow(
        UUID id,
        String name,
        String status,
        ResponseOptions options,
        @Nullable PredictReply reply,
        @Nullable Problem problem,
        Instant createdAt,
        @Nullable Instant endedAt) {
    static final String PENDING = "pending";
    static final String SUCCEEDED = "succeeded";
    static final String FAILED = "failed";
    static final String SELECT =
            "select id, name, status, alias, outliers, reply, problem, created_at, ended_at from prediction ";

    static AsyncPredictionRow read(ResultSet rs, StatementContext context) throws SQLException {
        return new AsyncPredictionRow(
                rs.getObject("id", UUID.class),
                rs.getString("name"),
                rs.getString("status"),
                new ResponseOptions(rs.getString("alias"), OutlierPolicy.parse(rs.getString("outliers"))),
                json(rs.getString("reply"), PredictReply.class),
                json(rs.getString("problem"), Problem.class),
                Objects.requireNonNull(instant(rs, "created_at")),
                instant(rs, "ended_at"));
    }

    boolean isPending() {
        return status.equals(PENDING);
    }

    /** Result of a prediction that has ended. */
    PredictionResult result(String instance) {
        return problem == null
                ? PredictionResult.of(Objects.requireNonNull(reply), options, instance)
                : new PredictionResult(null, problem.at(instance));
    }

    private static @Nullable Instant instant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static <T> @Nullable T json(String text, Class<T> type) {
        if (text == null) {
            return null;
        }
        try {
            return WireJson.mapper().readValue(text, type);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored " + type.getSimpleName() + " cannot be read", e);
        }
    }
}
