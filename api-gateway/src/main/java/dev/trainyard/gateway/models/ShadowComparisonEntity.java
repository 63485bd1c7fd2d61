package dev.trainyard.gateway.models;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/** Counts of disagreements between a shadow and the served version. {@link ShadowComparisons} updates them in SQL. */
@Entity
@Immutable
@Table(name = "model_comparison")
@IdClass(ShadowComparisonEntity.Key.class)
public class ShadowComparisonEntity {
    public record Key(String name, Integer version, Integer shadowVersion) {}

    @Id
    public String name;

    @Id
    public Integer version;

    @Id
    @Column(name = "shadow_version")
    public Integer shadowVersion;

    public long compared;
    public long disagreed;
    public long failed;

    @Column(name = "last_at")
    public Instant lastAt;
}
