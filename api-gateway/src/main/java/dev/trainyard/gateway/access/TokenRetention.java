package dev.trainyard.gateway.access;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Deletes access tokens that are of no use any more. */
@Singleton
public class TokenRetention {
    private final Jdbi jdbi;

    TokenRetention(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Deletes at most {@code maxRows} tokens that were revoked or expired longer than {@code age} ago; returns their number. */
    public int deleteInvalid(Duration age, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from access_token where id in (
                            select id from access_token
                            where least(revoked_at, expires_at) < now() - make_interval(secs => :age) limit :most)
                        """)
                .bind("age", age.toSeconds())
                .bind("most", maxRows)
                .execute());
    }
}
