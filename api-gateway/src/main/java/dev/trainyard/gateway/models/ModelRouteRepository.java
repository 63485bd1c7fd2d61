package dev.trainyard.gateway.models;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;

/** Routes of models. */
@Singleton
class ModelRouteRepository implements PanacheRepositoryBase<ModelRouteEntity, String> {
    Route of(String name) {
        return findByIdOptional(name).map(ModelRouteEntity::route).orElse(Route.NONE);
    }

    void set(String name, Route route) {
        ModelRouteEntity row = findById(name);
        boolean isNew = row == null;
        if (isNew) {
            row = new ModelRouteEntity();
            row.name = name;
        }
        row.canaryShare = route.canaryShare();
        row.shadowShare = route.shadowShare();
        row.shadowAlias = route.shadowAlias();
        if (isNew) {
            persist(row);
        }
    }
}
