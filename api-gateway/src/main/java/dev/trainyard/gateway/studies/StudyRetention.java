package dev.trainyard.gateway.studies;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Deletes old studies. */
@Singleton
public final class StudyRetention {
    private final Jdbi jdbi;

    StudyRetention(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Deletes studies that ended longer ago than {@code age}, with their trials and events; jobs have their own age. */
    public int deleteEnded(Duration age, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from study where id in (
                            select id from study where ended_at < now() - :age * interval '1 ms' and not publishing
                            order by ended_at limit :studies for update skip locked)
                        """)
                .bind("age", age.toMillis())
                .bind("studies", Math.max(1, maxRows / 1_000))
                .execute());
    }
}
