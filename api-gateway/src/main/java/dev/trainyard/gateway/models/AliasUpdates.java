package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Updates aliases and announces the changes to the predictors. Callers must hold the {@link #lock} of the model. */
final class AliasUpdates {
    static final String PUBLISHED = "published";
    static final String SET = "set";
    static final String PROMOTED = "promoted";
    static final String ROLLED_BACK = "rolled_back";
    static final String REMOVED = "removed";

    private AliasUpdates() {}

    /** Version that an alias points to, and the id of the move that set it. */
    record AliasTarget(int version, long move) {}

    /** Version that a rollback leads to, and the move before it. The version exists and is not the current one. */
    record RollbackTarget(int version, Long previous) {}

    /** Serialises changes of a model across gateways; held to the end of the transaction. */
    static void lock(Handle handle, String name) {
        handle.createQuery("select 1 from pg_advisory_xact_lock(hashtextextended('model ' || :name, 0))")
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
    }

    /**
     * Increments the revision, by which gateways detect changes. Last statement of a transaction, as it blocks others.
     */
    static void changed(Handle handle) {
        handle.execute("update model_revision set revision = revision + 1");
    }

    static Optional<AliasTarget> find(Handle handle, String name, String alias) {
        return handle.createQuery("select version, move from model_alias where name = :name and alias = :alias")
                .bind("name", name)
                .bind("alias", alias)
                .map((rs, context) -> new AliasTarget(rs.getInt(1), rs.getLong(2)))
                .findOne();
    }

    /** Points {@code alias} to {@code version}; a rollback returns to the current version. */
    static void move(Handle handle, String name, String alias, int version, String reason) {
        Optional<AliasTarget> before = find(handle, name, alias);
        move(handle, name, alias, version, reason, before.map(AliasTarget::move).orElse(null));
    }

    /** @param previous move that a rollback returns to; null for none */
    static void move(Handle handle, String name, String alias, int version, String reason, Long previous) {
        Optional<AliasTarget> before = find(handle, name, alias);
        long move = recordMove(
                handle, name, alias, before.map(AliasTarget::version).orElse(null), version, reason, previous);
        handle.createUpdate("""
                        insert into model_alias (name, alias, version, move)
                        values (:name, :alias, :version, :move)
                        on conflict (name, alias) do update
                        set version = excluded.version, move = excluded.move, set_at = now()
                        """)
                .bind("name", name)
                .bind("alias", alias)
                .bind("version", version)
                .bind("move", move)
                .execute();
        before.ifPresent(at -> announceVersion(handle, name, at.version()));
        announceVersion(handle, name, version);
        if (alias.equals(Alias.PRODUCTION)) {
            announceProduction(handle, name);
        }
        changed(handle);
    }

    static void remove(Handle handle, String name, String alias, AliasTarget before) {
        handle.createUpdate("delete from model_alias where name = :name and alias = :alias")
                .bind("name", name)
                .bind("alias", alias)
                .execute();
        recordMove(handle, name, alias, before.version(), null, REMOVED, null);
        announceVersion(handle, name, before.version());
        if (alias.equals(Alias.PRODUCTION)) {
            Outbox.remove(handle, Topics.MODELS, name);
        }
        changed(handle);
    }

    /** Deletes a version; no alias may point to it. */
    static void delete(Handle handle, String name, int version) {
        handle.createUpdate("update model_version set deleted_at = now() where name = :name and version = :version")
                .bind("name", name)
                .bind("version", version)
                .execute();
        Outbox.remove(handle, Topics.MODEL_VERSIONS, ModelVersion.key(name, version));
        QuarantineReleases.afterDeletion(handle, name, version);
        changed(handle);
    }

    /** Deletes all aliases, the route and every version of a model; the versions' lineage stays. */
    static void deleteAll(Handle handle, String name) {
        Map<String, AliasTarget> aliases = new LinkedHashMap<>();
        handle.createQuery("select alias, version, move from model_alias where name = :name order by alias")
                .bind("name", name)
                .map((rs, context) -> aliases.put(rs.getString(1), new AliasTarget(rs.getInt(2), rs.getLong(3))))
                .list();
        aliases.forEach((alias, at) -> remove(handle, name, alias, at));
        handle.createUpdate("delete from model_route where name = :name")
                .bind("name", name)
                .execute();
        handle.createUpdate("delete from model_comparison where name = :name")
                .bind("name", name)
                .execute();
        handle.createQuery("select version from model_version where name = :name and deleted_at is null")
                .bind("name", name)
                .mapTo(Integer.class)
                .forEach(version -> delete(handle, name, version));
        changed(handle);
    }

    /** Finds the target of a rollback; empty if there is no earlier version. */
    static Optional<RollbackTarget> back(Handle handle, String name, AliasTarget now) {
        return handle.createQuery("""
                        with recursive back (id, step) as (
                            select previous, 1 from model_alias_move where id = :move
                            union all
                            select m.previous, b.step + 1 from back b join model_alias_move m on m.id = b.id
                        )
                        select m.to_version, m.previous from back b
                        join model_alias_move m on m.id = b.id
                        join model_version v on v.name = :name and v.version = m.to_version
                        where v.deleted_at is null and m.to_version is distinct from :version
                        order by b.step limit 1
                        """)
                .bind("move", now.move())
                .bind("name", name)
                .bind("version", now.version())
                .map((rs, context) -> new RollbackTarget(rs.getInt(1), rs.getObject(2, Long.class)))
                .findOne();
    }

    private static long recordMove(
            Handle handle, String name, String alias, Integer from, Integer to, String reason, Long previous) {
        return handle.createUpdate("""
                        insert into model_alias_move (name, alias, from_version, to_version, reason, previous)
                        values (:name, :alias, :from, :to, :reason, :previous)
                        """)
                .bind("name", name)
                .bind("alias", alias)
                .bind("from", from)
                .bind("to", to)
                .bind("reason", reason)
                .bind("previous", previous)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
    }

    /** Announces the version that is in production. */
    static void announceProduction(Handle handle, String name) {
        handle.createQuery("""
                        select v.version, v.onnx, v.metadata #> '{variants,served}', a.move from model_alias a
                        join model_version v on v.name = a.name and v.version = a.version
                        where a.name = :name and a.alias = 'production'
                        """)
                .bind("name", name)
                .map((rs, context) -> new ModelActivation(
                        Versioned.CURRENT,
                        rs.getLong(4),
                        name,
                        rs.getInt(1),
                        ModelJson.parse(rs.getString(2), ArtifactRef.class),
                        variant(rs.getString(3)),
                        Instant.now()))
                .findOne()
                .ifPresent(activation -> Outbox.add(handle, Topics.MODELS, name, activation));
    }

    private static final String VERSIONS = """
            select v.version, v.onnx, exists (select 1 from model_alias a where a.name = v.name and a.version = v.version),
                v.metadata #> '{variants,served}'
            from model_version v where v.name = :name and v.deleted_at is null
            """;

    /** Announces the file of a version, and if an alias points to it. */
    static void announceVersion(Handle handle, String name, int version) {
        handle.createQuery(VERSIONS + " and v.version = :version")
                .bind("name", name)
                .bind("version", version)
                .map((rs, context) -> version(name, rs))
                .findOne()
                .ifPresent(known -> Outbox.add(handle, Topics.MODEL_VERSIONS, ModelVersion.key(name, version), known));
    }

    /** Announces the files of all versions of a model. */
    static void announceVersions(Handle handle, String name) {
        Map<String, ModelVersion> known = new LinkedHashMap<>();
        handle.createQuery(VERSIONS + " order by v.version")
                .bind("name", name)
                .map((rs, context) -> version(name, rs))
                .forEach(version -> known.put(ModelVersion.key(name, version.version()), version));
        Outbox.addAll(handle, Topics.MODEL_VERSIONS, known);
    }

    private static ModelVersion version(String name, ResultSet rs) throws SQLException {
        return new ModelVersion(
                Versioned.CURRENT,
                name,
                rs.getInt(1),
                ModelJson.parse(rs.getString(2), ArtifactRef.class),
                variant(rs.getString(4)),
                rs.getBoolean(3),
                Instant.now());
    }

    private static ArtifactRef variant(String json) {
        return json == null ? null : ModelJson.parse(json, ArtifactRef.class);
    }
}
