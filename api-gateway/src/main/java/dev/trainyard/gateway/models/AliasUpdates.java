package dev.trainyard.gateway.models;

import dev.trainyard.gateway.outbox.OutboxWriter;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.Topics;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Updates aliases and announces the changes to the predictors. Callers must hold the {@link ModelVersionRepository#lock}
 * of the model.
 */
@Singleton
class AliasUpdates {
    static final String PUBLISHED = "published";
    static final String SET = "set";
    static final String PROMOTED = "promoted";
    static final String ROLLED_BACK = "rolled_back";
    static final String REMOVED = "removed";

    private final ModelVersionRepository versions;
    private final ModelAliasRepository aliases;
    private final AliasMoveRepository moves;
    private final ModelRouteRepository routes;
    private final ShadowComparisonRepository comparisons;
    private final ModelRevisionRepository revision;
    private final ModelAnnouncements announcements;
    private final QuarantineReleases quarantine;
    private final OutboxWriter outbox;

    AliasUpdates(
            ModelVersionRepository versions,
            ModelAliasRepository aliases,
            AliasMoveRepository moves,
            ModelRouteRepository routes,
            ShadowComparisonRepository comparisons,
            ModelRevisionRepository revision,
            ModelAnnouncements announcements,
            QuarantineReleases quarantine,
            OutboxWriter outbox) {
        this.versions = versions;
        this.aliases = aliases;
        this.moves = moves;
        this.routes = routes;
        this.comparisons = comparisons;
        this.revision = revision;
        this.announcements = announcements;
        this.quarantine = quarantine;
        this.outbox = outbox;
    }

    /** Points {@code alias} to {@code version}; a rollback returns to the current version. */
    void move(String name, String alias, int version, String reason) {
        move(
                name,
                alias,
                version,
                reason,
                aliases.find(name, alias).map(before -> before.move).orElse(null));
    }

    /** @param previous move that a rollback returns to; null for none */
    void move(String name, String alias, int version, String reason, @Nullable Long previous) {
        ModelAliasEntity row = aliases.find(name, alias).orElse(null);
        Integer before = row == null ? null : Integer.valueOf(row.version);
        long move = recordMove(name, alias, before, version, reason, previous);
        if (row == null) {
            row = new ModelAliasEntity();
            row.name = name;
            row.alias = alias;
        }
        row.version = version;
        row.move = move;
        aliases.persistAndFlush(row);
        if (before != null) {
            announcements.version(name, before);
        }
        announcements.version(name, version);
        if (alias.equals(Alias.PRODUCTION)) {
            announcements.production(name);
        }
        revision.increment();
    }

    void remove(ModelAliasEntity row) {
        aliases.delete(row);
        aliases.flush();
        recordMove(row.name, row.alias, row.version, null, REMOVED, null);
        announcements.version(row.name, row.version);
        if (row.alias.equals(Alias.PRODUCTION)) {
            outbox.remove(Topics.MODELS, row.name);
        }
        revision.increment();
    }

    /** Deletes a version; no alias may point to it. */
    void delete(String name, int version) {
        versions.delete(name, version);
        outbox.remove(Topics.MODEL_VERSIONS, ModelVersion.key(name, version));
        quarantine.afterDeletion(versions.files(name, version).orElseThrow());
        revision.increment();
    }

    /** Deletes all aliases, the route and every version of a model; the versions' lineage stays. */
    void deleteAll(String name) {
        aliases.of(name).forEach(this::remove);
        routes.deleteById(name);
        comparisons.delete("name", name);
        versions.files(name).forEach(row -> delete(name, row.version()));
        revision.increment();
    }

    private long recordMove(
            String name,
            String alias,
            @Nullable Integer from,
            @Nullable Integer to,
            String reason,
            @Nullable Long previous) {
        AliasMoveEntity move = new AliasMoveEntity();
        move.name = name;
        move.alias = alias;
        move.fromVersion = from;
        move.toVersion = to;
        move.reason = reason;
        move.previous = previous;
        moves.persist(move);
        return move.id;
    }
}
