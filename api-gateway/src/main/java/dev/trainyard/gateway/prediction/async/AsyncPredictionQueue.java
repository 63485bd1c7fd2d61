package dev.trainyard.gateway.prediction.async;

import dev.trainyard.gateway.prediction.ExplainedPrediction;
import dev.trainyard.gateway.prediction.PredictionInput;
import dev.trainyard.gateway.prediction.PredictionRequest;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Want;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Kept predictions from the asking side. Each is asked again, after ever longer pauses, until it is answered or a limit
 * is reached; only a pending one is ever changed, so it ends once, whatever comes twice or too late.
 */
public final class AsyncPredictionQueue {
    /** A predictor that answers that it cannot is believed the third time. */
    private static final int MOST_REFUSALS = 3;

    private static final Duration REFUSED_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Jdbi jdbi;
    private final Duration patience;
    private final int mostAsks;

    /**
     * @param patience how long an answer is waited for until a predictor is asked again; twice as long each time
     * @param mostAsks after as many without an answer it fails
     */
    public AsyncPredictionQueue(Jdbi jdbi, Duration patience, int mostAsks) {
        this.jdbi = jdbi;
        this.patience = patience;
        this.mostAsks = mostAsks;
    }

    /** One to ask now; nobody else asks it until {@code pause} is over. */
    public record DueRequest(UUID id, PredictionRequest question, Duration pause) {}

    /** A reply that was heard. */
    public record ReceivedReply(UUID id, PredictReply reply) {}

    /** Takes the next {@code limit}, of no more than {@code bytes} in all but for the first of them. */
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
                                now() + least(:longest, :patience * power(2, asked)) * interval '1 ms')
                        from due where p.id = due.id and due.bytes - p.size < :bytes
                        returning p.id, model, version, want, content_type, request,
                            cast(extract(epoch from ask_at - now()) * 1000 as bigint) as pause
                        """)
                .bind("most", mostAsks)
                .bind("limit", limit)
                .bind("bytes", bytes)
                .bind("longest", LONGEST_PAUSE.toMillis())
                .bind("patience", patience.toMillis())
                .map((rs, context) -> new DueRequest(
                        rs.getObject("id", UUID.class),
                        new PredictionRequest(
                                new PredictionInput(
                                        rs.getBytes("request"),
                                        rs.getString("content_type"),
                                        Want.find(rs.getString("want")).orElseThrow()),
                                rs.getString("model"),
                                rs.getObject("version", Integer.class)),
                        Duration.ofMillis(rs.getLong("pause"))))
                .list());
    }

    /** The broker did not take them, which is no fault of theirs. */
    public void giveBack(List<UUID> ids) {
        jdbi.useHandle(handle -> handle.createUpdate("update prediction set asked = greatest(0, asked - 1), "
                        + "ask_at = now() + interval '1 s' where status = 'pending' and id = any(:ids)")
                .bindArray("ids", UUID.class, ids)
                .execute());
    }

    /** Writes replies down; returns the predictions that ended by it. */
    public List<UUID> settle(List<ReceivedReply> heard) {
        return jdbi.inTransaction(handle ->
                heard.stream().filter(one -> settle(handle, one)).map(ReceivedReply::id).toList());
    }

    private static boolean settle(Handle handle, ReceivedReply heard) {
        if (ExplainedPrediction.answered(heard.reply().outcome()).isPresent()) {
            return end(handle, heard, AsyncPredictionRow.SUCCEEDED, 0);
        }
        if (heard.reply().outcome() instanceof PredictReply.Rejected) {
            return end(handle, heard, AsyncPredictionRow.FAILED, 0);
        }
        if (end(handle, heard, AsyncPredictionRow.FAILED, MOST_REFUSALS)) {
            return true;
        }
        handle.createUpdate("update prediction set ask_at = least(ask_at, "
                        + "now() + :pause * power(2, asked) * interval '1 ms') where id = :id and status = 'pending'")
                .bind("pause", REFUSED_PAUSE.toMillis())
                .bind("id", heard.id())
                .execute();
        return false;
    }

    private static boolean end(Handle handle, ReceivedReply heard, String status, int leastAsks) {
        return handle.createUpdate("update prediction set status = :status, reply = cast(:reply as json), "
                                + "request = null, ended_at = now() "
                                + "where id = :id and status = 'pending' and asked >= :least")
                        .bindMap(Map.of("status", status, "id", heard.id(), "least", leastAsks))
                        .bind("reply", AsyncPredictionStore.json(heard.reply()))
                        .execute()
                == 1;
    }

    /** Fails what was asked too often or too late; returns it. */
    public List<UUID> giveUp() {
        ProblemException late = new ProblemException(
                ProblemType.TIMEOUT,
                "No predictor answered within the Request-Timeout or after %d asks; is one running? Send it again."
                        .formatted(mostAsks));
        return jdbi.withHandle(handle -> handle.createQuery("""
                        update prediction set status = 'failed', request = null, ended_at = now(),
                            problem = cast(:problem as json)
                        where status = 'pending' and ask_at <= now() and (asked >= :most or deadline <= now())
                        returning id
                        """)
                .bind("problem", AsyncPredictionStore.json(Problem.of(late, null)))
                .bind("most", mostAsks)
                .mapTo(UUID.class)
                .list());
    }
}
