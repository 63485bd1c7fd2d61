package dev.trainyard.gateway.access;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Records when tokens were last used. The times are written together, so that a request costs no statement. */
@Singleton
public class TokenUses {
    private final Jdbi jdbi;
    private final Map<String, Instant> lastUses = new ConcurrentHashMap<>();

    TokenUses(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void record(String id) {
        lastUses.put(id, Instant.now());
    }

    /** Writes the uses since the last call; those of a failed call are written by the next one. */
    public void flush() {
        Map<String, Instant> writing = Map.copyOf(lastUses);
        if (writing.isEmpty()) {
            return;
        }
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(
                    "update access_token set last_used_at = greatest(last_used_at, :at) where id = :id");
            // in one order, so that two gateways do not wait for each other
            new TreeMap<>(writing).forEach((id, at) -> batch.bind("id", id)
                    .bind("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                    .add());
            batch.execute();
        });
        writing.forEach(lastUses::remove);
    }
}
