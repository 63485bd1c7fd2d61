package dev.trainyard.gateway.models;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** The {@link Route} of a model. */
@Entity
@Table(name = "model_route")
public class ModelRouteEntity {
    @Id
    public String name;

    @Column(name = "canary_share")
    public double canaryShare;

    @Column(name = "shadow_share")
    public double shadowShare;

    @Column(name = "shadow_alias")
    public @Nullable String shadowAlias;

    Route route() {
        return new Route(canaryShare, shadowShare, shadowAlias);
    }
}
