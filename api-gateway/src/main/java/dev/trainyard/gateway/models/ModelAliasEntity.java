package dev.trainyard.gateway.models;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;

/** A name for one version of a model. */
@Entity
@Table(name = "model_alias")
@IdClass(ModelAliasEntity.Key.class)
public class ModelAliasEntity {
    public record Key(String name, String alias) {}

    @Id
    public String name;

    @Id
    public String alias;

    public int version;

    /** Id of the {@link AliasMoveEntity} that set the alias. */
    public long move;

    /** Set by the database. */
    @Column(name = "set_at", insertable = false, updatable = false)
    public Instant setAt;
}
