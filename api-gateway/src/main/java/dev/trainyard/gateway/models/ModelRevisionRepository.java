package dev.trainyard.gateway.models;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;

/** The number by which gateways notice changes of the registry. */
@Singleton
class ModelRevisionRepository implements PanacheRepositoryBase<ModelRevisionEntity, Boolean> {
    long current() {
        return findById(true).revision;
    }

    /** To be called last in a transaction, because it blocks the changes of other models. */
    void increment() {
        flush();
        update("revision = revision + 1");
    }
}
