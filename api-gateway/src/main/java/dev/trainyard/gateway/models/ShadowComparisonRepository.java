package dev.trainyard.gateway.models;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** Comparisons of shadows with the served versions. */
@Singleton
class ShadowComparisonRepository implements PanacheRepositoryBase<ShadowComparisonEntity, ShadowComparisonEntity.Key> {
    /** By version and shadow, the newest first. */
    List<ShadowComparisonEntity> of(String name) {
        return list("name = ?1 order by version desc, shadowVersion desc", name);
    }

    /** Deletes up to {@code most} comparisons that have not been updated for {@code age}. */
    int deleteOld(Duration age, int most) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from model_comparison where ctid in (select ctid from model_comparison
                            where last_at < now() - :age * interval '1 ms' limit :most)
                        """)
                .setParameter("age", age.toMillis())
                .setParameter("most", most)
                .executeUpdate();
    }
}
