package dev.trainyard.gateway.models;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Aliases of models. */
@Singleton
class ModelAliasRepository implements PanacheRepositoryBase<ModelAliasEntity, ModelAliasEntity.Key> {
    Optional<ModelAliasEntity> find(String name, String alias) {
        return findByIdOptional(new ModelAliasEntity.Key(name, alias));
    }

    /** Aliases of a model, sorted. */
    List<ModelAliasEntity> of(String name) {
        return list("name = ?1 order by alias", name);
    }

    /** Names of the aliases of a version, sorted. */
    List<String> of(String name, int version) {
        return getEntityManager()
                .createQuery(
                        "select alias from ModelAliasEntity where name = ?1 and version = ?2 order by alias",
                        String.class)
                .setParameter(1, name)
                .setParameter(2, version)
                .getResultList();
    }
}
