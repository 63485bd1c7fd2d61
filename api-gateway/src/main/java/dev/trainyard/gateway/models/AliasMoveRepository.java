package dev.trainyard.gateway.models;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Changes of aliases. */
@Singleton
class AliasMoveRepository implements PanacheRepository<AliasMoveEntity> {
    boolean existed(String name, String alias) {
        return count("name = ?1 and alias = ?2", name, alias) > 0;
    }

    /** The last changes of a model, the newest first. */
    List<AliasMoveEntity> last(String name, int limit) {
        return find("name = ?1 order by id desc", name).range(0, limit - 1).list();
    }

    /**
     * Finds the move that a rollback of {@code now} leads to: the latest of its predecessors whose version exists and
     * is another one.
     */
    Optional<AliasMoveEntity> before(ModelAliasEntity now) {
        return getEntityManager()
                .createNativeQuery("""
                        with recursive back (id, step) as (
                            select previous, 1 from model_alias_move where id = :move
                            union all
                            select m.previous, b.step + 1 from back b join model_alias_move m on m.id = b.id
                        )
                        select m.* from back b
                        join model_alias_move m on m.id = b.id
                        join model_version v on v.name = :name and v.version = m.to_version
                        where v.deleted_at is null and m.to_version is distinct from :version
                        order by b.step limit 1
                        """, AliasMoveEntity.class)
                .setParameter("move", now.move)
                .setParameter("name", now.name)
                .setParameter("version", now.version)
                .getResultStream()
                .map(AliasMoveEntity.class::cast)
                .findFirst();
    }

    /** Names of models with more than {@code kept} changes. */
    List<String> namesWithMoreThan(long kept) {
        return getEntityManager()
                .createQuery("select name from AliasMoveEntity group by name having count(*) > ?1", String.class)
                .setParameter(1, kept)
                .getResultList();
    }

    /** Deletes up to {@code most} changes older than the newest {@code kept} that set no current alias. */
    int deleteOld(String name, int kept, int most) {
        List<Long> newest = getEntityManager()
                .createQuery("select id from AliasMoveEntity where name = ?1 order by id desc", Long.class)
                .setParameter(1, name)
                .setFirstResult(kept)
                .setMaxResults(1)
                .getResultList();
        if (newest.isEmpty()) {
            return 0;
        }
        List<Long> old = getEntityManager()
                .createQuery("""
                        select id from AliasMoveEntity m where name = ?1 and id <= ?2
                        and not exists (select 1 from ModelAliasEntity a where a.move = m.id) order by id
                        """, Long.class)
                .setParameter(1, name)
                .setParameter(2, newest.get(0))
                .setMaxResults(most)
                .getResultList();
        if (old.isEmpty()) {
            return 0;
        }
        // a rollback cannot go back past the remaining moves
        update("previous = null where name = ?1 and previous in ?2", name, old);
        return (int) delete("id in ?1", old);
    }
}
