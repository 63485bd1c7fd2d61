package dev.trainyard.gateway.models;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Deletes expired data of models; existing versions stay. Each method does one batch. */
public final class ModelRetention {
    private final Jdbi jdbi;

    public ModelRetention(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Keeps the newest {@code kept} alias moves of each model, and those that set its current aliases. */
    public int deleteAliasMoves(int kept, int most) {
        List<String> names = jdbi.withHandle(
                handle -> handle.createQuery("select name from model_alias_move group by name having count(*) > :kept")
                        .bind("kept", kept)
                        .mapTo(String.class)
                        .list());
        int deleted = 0;
        for (String name : names) {
            deleted += jdbi.inTransaction(handle -> {
                AliasUpdates.lock(handle, name);
                return deleteAliasMoves(handle, name, kept, most);
            });
        }
        return deleted;
    }

    private static int deleteAliasMoves(Handle handle, String name, int kept, int most) {
        List<Long> old = handle.createQuery("""
                        select id from model_alias_move m where name = :name
                            and id <= (select id from model_alias_move where name = :name
                                order by id desc offset :kept limit 1)
                            and not exists (select 1 from model_alias a where a.move = m.id)
                        order by id limit :most
                        """)
                .bind("name", name)
                .bind("kept", kept)
                .bind("most", most)
                .mapTo(Long.class)
                .list();
        // a rollback cannot go back past the remaining moves
        handle.createUpdate("update model_alias_move set previous = null where name = :name and previous = any(:old)")
                .bind("name", name)
                .bindArray("old", Long.class, old)
                .execute();
        return handle.createUpdate("delete from model_alias_move where id = any(:old)")
                .bindArray("old", Long.class, old)
                .execute();
    }

    /** Deletes comparisons with shadows that have not been updated for {@code age}. */
    public int deleteComparisons(Duration age, int most) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from model_comparison where ctid in (select ctid from model_comparison
                            where last_at < now() - :age * interval '1 ms' limit :most)
                        """)
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute());
    }

    /**
     * Deletes the lineage of versions that were deleted longer ago than {@code age} and whose files are gone. The
     * highest version number of each name stays, so that it is not reused. Versions that came with the platform stay,
     * because they would be published again.
     */
    public int deleteDeletedVersions(Duration age, int most) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from model_version where (name, version) in (
                            select name, version from model_version v
                            where deleted_at < now() - :age * interval '1 ms' and files_gone
                                and metadata ->> 'job_key' is not null
                                and version < (select max(version) from model_version m where m.name = v.name)
                            limit :most)
                        """)
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute());
    }
}
