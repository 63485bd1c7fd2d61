package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Formula;
import org.jspecify.annotations.Nullable;

/** A published version of a model. */
@Entity
@Table(name = "model_version")
@IdClass(ModelVersionEntity.Key.class)
public class ModelVersionEntity {
    public record Key(String name, Integer version) {}

    @Id
    public String name;

    @Id
    public Integer version;

    /** Set by the database, from the name. */
    @Column(insertable = false, updatable = false)
    public String project;

    /** Null for a bundled model. */
    @Column(name = "job_key", updatable = false)
    public @Nullable UUID jobKey;

    @Column(columnDefinition = "jsonb", nullable = false, updatable = false)
    @ColumnTransformer(write = "cast(? as jsonb)")
    @Convert(converter = ModelJson.Artifact.class)
    public ArtifactRef onnx;

    @Column(columnDefinition = "jsonb", nullable = false, updatable = false)
    @ColumnTransformer(write = "cast(? as jsonb)")
    @Convert(converter = ModelJson.Metadata.class)
    public ModelMetadata metadata;

    /** File that predictors run instead of the model; null if no variant passed. */
    @Formula("jsonb_extract_path(metadata, 'variants', 'served')")
    @Convert(converter = ModelJson.Artifact.class)
    public @Nullable ArtifactRef variant;

    @Column(name = "test_accuracy", updatable = false)
    public double testAccuracy;

    /** Set by the database. */
    @Column(name = "created_at", insertable = false, updatable = false)
    public Instant createdAt;

    /** Null while the version exists. */
    @Column(name = "deleted_at")
    public @Nullable Instant deletedAt;

    @Column(name = "files_gone")
    public boolean filesGone;

    /** Aliases that point to the version, sorted; read with it, so that lists need no further query. */
    @Formula("array(select a.alias from model_alias a where a.name = name and a.version = version order by a.alias)")
    public String[] aliases;
}
