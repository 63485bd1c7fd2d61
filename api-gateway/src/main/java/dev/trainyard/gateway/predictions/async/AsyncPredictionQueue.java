package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.predictions.ExplainedPrediction;
import dev.trainyard.gateway.predictions.PredictionRequest;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Queue of asynchronous predictions to send. Each is sent again, with exponentially growing delays, until it has a
 * reply or a limit is reached. Only pending rows are updated, so that a prediction ends once even if replies are late
 * or duplicated.
 */
@Singleton
public final class AsyncPredictionQueue {
    /** Number of attempts from which a reply without a prediction is final. */
    private static final int MAX_REFUSALS = 3;

    private static final Duration REFUSED_RETRY_DELAY = Duration.ofMillis(500);
    private static final Duration MAX_RETRY_DELAY = Duration.ofSeconds(60);

    private final Jdbi jdbi;
    private final Duration replyTimeout;
    private final int maxAttempts;

    AsyncPredictionQueue(Jdbi jdbi, GatewaySettings settings) {
        this.jdbi = jdbi;
        this.replyTimeout = settings.predict().async().replyTimeout();
        this.maxAttempts = settings.predict().async().maxAttempts();
    }

    /** A request to send now; no gateway sends it again within {@code pause}. */
    public record DueRequest(UUID id, PredictionRequest request, Duration pause) {}

    /** A reply from a predictor. */
    public record ReceivedReply(UUID id, PredictReply reply) {}

    /** Claims up to {@code limit} due requests of at most {@code bytes} in total; the first one may be larger. */
    public List<DueRequest> claim(int limit, long bytes) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with due as (
                            select id, sum(size) over (order by ask_at, id) as bytes from (
                                select id, size, ask_at from prediction
                                where status = 'pending' and ask_at <= now() and asked < :most
                                    and (deadline is null or deadline > now())
                                order by ask_at, id limit :limit for update skip locked) free)
                        update prediction p set asked = asked + 1,
                            ask_at = least(deadline,
                                now() + least(:longest, :timeout * power(2, asked)) * interval '1 ms')
                        from due where p.id = due.id and due.bytes - p.size < :bytes
                        returning p.id, model, version, want, content_type, request, traceparent,
                            cast(extract(epoch from ask_at - now()) * 1000 as bigint) as pause
                        """)
                .bind("most", maxAttempts)
                .bind("limit", limit)
                .bind("bytes", bytes)
                .bind("longest", MAX_RETRY_DELAY.toMillis())
                .bind("timeout", replyTimeout.toMillis())
                .map((rs, context) -> new DueRequest(
                        rs.getObject("id", UUID.class),
                        new PredictionRequest(
                                rs.getBytes("request"),
                                rs.getString("content_type"),
                                RequestedOutput.find(rs.getString("want")).orElseThrow(),
                                rs.getString("model"),
                                rs.getObject("version", Integer.class),
                                rs.getString("traceparent")),
                        Duration.ofMillis(rs.getLong("pause"))))
                .list());
    }

    /** Returns the time until a pending prediction is due, zero if one is; empty if none is pending. */
    public Optional<Duration> untilDue() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select cast(extract(epoch from ask_at - now()) * 1000 as bigint) + 1 from prediction "
                                + "where status = 'pending' order by ask_at limit 1")
                .mapTo(Long.class)
                .findOne()
                .map(millis -> Duration.ofMillis(Math.max(0, millis))));
    }

    /** Returns requests that the broker did not accept to the queue; the attempt does not count. */
    public void release(List<UUID> ids) {
        jdbi.useHandle(handle -> handle.createUpdate("update prediction set asked = greatest(0, asked - 1), "
                        + "ask_at = now() + interval '1 s' where status = 'pending' and id = any(:ids)")
                .bindArray("ids", UUID.class, ids)
                .execute());
    }

    /** Stores replies; returns the predictions that have ended with them. */
    public List<UUID> saveReplies(List<ReceivedReply> received) {
        return jdbi.inTransaction(handle -> received.stream()
                .filter(one -> saveReply(handle, one))
                .map(ReceivedReply::id)
                .toList());
    }

    private static boolean saveReply(Handle handle, ReceivedReply received) {
        if (ExplainedPrediction.answered(received.reply().outcome()).isPresent()) {
            return end(handle, received, AsyncPredictionRow.SUCCEEDED, 0);
        }
        if (received.reply().outcome() instanceof PredictReply.Rejected) {
            return end(handle, received, AsyncPredictionRow.FAILED, 0);
        }
        if (end(handle, received, AsyncPredictionRow.FAILED, MAX_REFUSALS)) {
            return true;
        }
        handle.createUpdate("update prediction set ask_at = least(ask_at, "
                        + "now() + :pause * power(2, asked) * interval '1 ms') where id = :id and status = 'pending'")
                .bind("pause", REFUSED_RETRY_DELAY.toMillis())
                .bind("id", received.id())
                .execute();
        return false;
    }

    private static boolean end(Handle handle, ReceivedReply received, String status, int minAttempts) {
        return handle.createUpdate("update prediction set status = :status, reply = cast(:reply as json), "
                                + "request = null, ended_at = now() "
                                + "where id = :id and status = 'pending' and asked >= :least")
                        .bindMap(Map.of("status", status, "id", received.id(), "least", minAttempts))
                        .bind("reply", AsyncPredictionStore.json(received.reply()))
                        .execute()
                == 1;
    }

    /** Fails predictions whose attempts or time are used up; returns their ids. */
    public List<UUID> failExpired() {
        ProblemException late = new ProblemException(
                ProblemType.TIMEOUT,
                "No predictor replied within the Request-Timeout or after %d attempts; is one running? Send it again."
                        .formatted(maxAttempts));
        return jdbi.withHandle(handle -> handle.createQuery("""
                        update prediction set status = 'failed', request = null, ended_at = now(),
                            problem = cast(:problem as json)
                        where status = 'pending' and ask_at <= now() and (asked >= :most or deadline <= now())
                        returning id
                        """)
                .bind("problem", AsyncPredictionStore.json(Problem.of(late, null)))
                .bind("most", maxAttempts)
                .mapTo(UUID.class)
                .list());
    }
}
