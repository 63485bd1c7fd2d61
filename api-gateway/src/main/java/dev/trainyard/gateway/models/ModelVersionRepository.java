package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** Versions of models. */
@Singleton
class ModelVersionRepository implements PanacheRepositoryBase<ModelVersionEntity, ModelVersionEntity.Key> {
    /** A version as the routing table needs it. */
    record Number(String name, Integer version, boolean deleted) {}

    /** The files of a version, without its large metadata. */
    record Files(String name, Integer version, ArtifactRef onnx, ArtifactRef variant, String[] aliases) {
        /** SHA-256 hashes of the files. */
        Set<String> hashes() {
            Set<String> hashes = new TreeSet<>(Set.of(onnx.sha256()));
            if (variant != null) {
                hashes.add(variant.sha256());
            }
            return hashes;
        }
    }

    /** A deleted version whose files exist; {@code variant} and {@code mistakes} are null if there are none. */
    record DeletedFiles(
            String name,
            Integer version,
            String path,
            @Nullable String variant,
            @Nullable String mistakes) {}

    private static final String FILES = "select name, version, onnx, variant, aliases from ModelVersionEntity ";

    /** Serialises changes of a model across gateways; held to the end of the transaction. */
    void lock(String name) {
        getEntityManager()
                .createNativeQuery("select 1 from pg_advisory_xact_lock(hashtextextended('model ' || :name, 0))")
                .setParameter("name", name)
                .getSingleResult();
    }

    Optional<ModelVersionEntity> find(String name, int version) {
        return findByIdOptional(new ModelVersionEntity.Key(name, version));
    }

    /**
     * Lists versions that exist.
     *
     * @param name stored name; null for all models of the project
     * @param after null for the first ones
     */
    List<ModelVersionEntity> page(
            String project, @Nullable String name, ModelQueries.Order order, int limit, @Nullable ModelCursor after) {
        StringBuilder query =
                new StringBuilder("from ModelVersionEntity v where deletedAt is null and project = :project");
        Map<String, Object> values = new HashMap<>(Map.of("project", project));
        if (name != null) {
            query.append(" and name = :name");
            values.put("name", name);
        }
        if (after != null) {
            query.append(" and ").append(order.afterLast);
            values.put("after", after.name());
            values.put("number", after.version());
        }
        query.append(" order by ").append(order.by);
        return find(query.toString(), values).range(0, limit - 1).list();
    }

    /** Returns true if the model has or had a version. */
    boolean isKnown(String name) {
        return count("name", name) > 0;
    }

    boolean isDeleted(String name) {
        return count("name = ?1 and deletedAt is null", name) == 0;
    }

    /** Empty if there is no such version; otherwise whether it was deleted. */
    Optional<Boolean> isDeleted(String name, int version) {
        return getEntityManager()
                .createQuery(
                        "select deletedAt is not null from ModelVersionEntity where name = ?1 and version = ?2",
                        Boolean.class)
                .setParameter(1, name)
                .setParameter(2, version)
                .getResultStream()
                .findFirst();
    }

    /** The files of a version, also of a deleted one. */
    Optional<Files> files(String name, int version) {
        return find(FILES + "where name = ?1 and version = ?2", name, version)
                .project(Files.class)
                .singleResultOptional();
    }

    /** The files of the versions that exist. */
    List<Files> files(String name) {
        return find(FILES + "where name = ?1 and deletedAt is null order by version", name)
                .project(Files.class)
                .list();
    }

    /** Test accuracy of the version in production. */
    Optional<Double> productionAccuracy(String name) {
        return getEntityManager()
                .createQuery("""
                        select v.testAccuracy from ModelAliasEntity a
                        join ModelVersionEntity v on v.name = a.name and v.version = a.version
                        where a.name = ?1 and a.alias = ?2
                        """, Double.class)
                .setParameter(1, name)
                .setParameter(2, Alias.PRODUCTION)
                .getResultStream()
                .findFirst();
    }

    /** The number of the next version. Deleted versions count, so that a number is never reused. */
    int nextNumber(String name) {
        return getEntityManager()
                .createQuery(
                        "select coalesce(max(version), 0) + 1 from ModelVersionEntity where name = ?1", Integer.class)
                .setParameter(1, name)
                .getSingleResult();
    }

    List<String> names() {
        return getEntityManager()
                .createQuery("select distinct name from ModelVersionEntity order by name", String.class)
                .getResultList();
    }

    List<Number> numbers() {
        return find("select name, version, deletedAt is not null from ModelVersionEntity")
                .project(Number.class)
                .list();
    }

    /** Marks a version as deleted, by the database's clock. */
    void delete(String name, int version) {
        update("deletedAt = instant where name = ?1 and version = ?2", name, version);
    }

    void setFilesGone(String name, int version) {
        update("filesGone = true where name = ?1 and version = ?2", name, version);
    }

    List<DeletedFiles> deletedWithFiles() {
        return getEntityManager()
                .unwrap(Session.class)
                .createNativeQuery(
                        "select name, version, onnx ->> 'path' as path, "
                                + "metadata #>> '{variants,served,path}' as variant, "
                                + "metadata #>> '{confusion,pictures,path}' as mistakes "
                                + "from model_version where deleted_at is not null and not files_gone",
                        DeletedFiles.class)
                .getResultList();
    }

    /**
     * Deletes up to {@code most} versions that were deleted longer ago than {@code age} and whose files are gone, except
     * bundled ones and the highest number of each name.
     */
    int deleteLineage(Duration age, int most) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from model_version where (name, version) in (
                            select name, version from model_version v
                            where deleted_at < now() - :age * interval '1 ms' and files_gone
                                and metadata ->> 'job_key' is not null
                                and version < (select max(version) from model_version m where m.name = v.name)
                            limit :most)
                        """)
                .setParameter("age", age.toMillis())
                .setParameter("most", most)
                .executeUpdate();
    }

    /** Returns true if an existing version has its file at {@code path}. */
    boolean isPathUsed(String path) {
        return exists("onnx ->> 'path' = :text", path);
    }

    /** Returns true if an existing version uses this file. */
    boolean isFileUsed(String sha256) {
        return exists("(onnx ->> 'sha256' = :text or metadata #>> '{variants,served,sha256}' = :text)", sha256);
    }

    private boolean exists(String condition, String text) {
        return (boolean) getEntityManager()
                .createNativeQuery(
                        "select exists (select 1 from model_version where deleted_at is null and " + condition + ")",
                        Boolean.class)
                .setParameter("text", text)
                .getSingleResult();
    }

    /** Returns true if {@code path} belongs only to deleted versions. */
    boolean isPathDeleted(String path) {
        return (boolean) getEntityManager()
                .createNativeQuery(
                        "select coalesce(bool_and(deleted_at is not null), false) from model_version "
                                + "where onnx ->> 'path' = :path",
                        Boolean.class)
                .setParameter("path", path)
                .getSingleResult();
    }
}
