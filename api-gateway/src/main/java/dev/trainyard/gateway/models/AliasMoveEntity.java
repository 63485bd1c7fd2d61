package dev.trainyard.gateway.models;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A change of an alias. */
@Entity
@Table(name = "model_alias_move")
public class AliasMoveEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    public String name;
    public String alias;

    /** Null if the alias was new. */
    @Column(name = "from_version")
    public @Nullable Integer fromVersion;

    /** Null if the alias was deleted. */
    @Column(name = "to_version")
    public @Nullable Integer toVersion;

    public String reason;

    /** Id of the move that a rollback returns to. */
    public @Nullable Long previous;

    /** Set by the database. */
    @Column(insertable = false, updatable = false)
    public Instant at;
}
