package dev.trainyard.gateway.models;

import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditWriter;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.message.ModelQuarantine;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Changes of models by clients. Each change is one transaction under the lock of the model. */
@Singleton
public class ModelChanges {
    private final Transactions transactions;
    private final ModelVersionRepository versions;
    private final ModelAliasRepository aliases;
    private final AliasMoveRepository moves;
    private final ModelRouteRepository routes;
    private final ModelRevisionRepository revision;
    private final AliasUpdates updates;
    private final QuarantineReleases quarantine;
    private final OutboxRelay relay;
    private final AuditWriter audit;

    ModelChanges(
            @Identifier(Transactions.EDGE) Transactions transactions,
            ModelVersionRepository versions,
            ModelAliasRepository aliases,
            AliasMoveRepository moves,
            ModelRouteRepository routes,
            ModelRevisionRepository revision,
            AliasUpdates updates,
            QuarantineReleases quarantine,
            OutboxRelay relay,
            AuditWriter audit) {
        this.audit = audit;
        this.transactions = transactions;
        this.versions = versions;
        this.aliases = aliases;
        this.moves = moves;
        this.routes = routes;
        this.revision = revision;
        this.updates = updates;
        this.quarantine = quarantine;
        this.relay = relay;
    }

    /** Result of a change. */
    public sealed interface ChangeResult {}

    /** The change was made, now or earlier. */
    public record Done() implements ChangeResult {}

    public record UnknownModel() implements ChangeResult {}

    public record UnknownVersion() implements ChangeResult {}

    /** The version was deleted. */
    public record DeletedVersion() implements ChangeResult {}

    public record UnknownAlias() implements ChangeResult {}

    /** Every version of the model was deleted. */
    public record DeletedModel() implements ChangeResult {}

    /** There is no earlier version to roll back to, or all of them are deleted. */
    public record NoEarlierVersion(int version) implements ChangeResult {}

    /** The version cannot be deleted while aliases point to it. */
    public record VersionInUse(List<String> aliases) implements ChangeResult {}

    /** Points {@code alias} to {@code version}; no change if it already does. */
    public ChangeResult setAlias(String name, String alias, int version) {
        return change(name, () -> point(name, alias, version, AliasUpdates.SET, AuditAction.MODEL_ALIAS_SET));
    }

    /** As {@link #setAlias}, but recorded in the history as a promotion. */
    public ChangeResult promote(String name, int version, String alias) {
        return change(
                name, () -> point(name, alias, version, AliasUpdates.PROMOTED, AuditAction.MODEL_VERSION_PROMOTE));
    }

    private ChangeResult point(String name, String alias, int version, String reason, AuditAction action) {
        Optional<Boolean> deleted = versions.isDeleted(name, version);
        if (deleted.isEmpty()) {
            return new UnknownVersion();
        }
        if (deleted.get()) {
            return new DeletedVersion();
        }
        Optional<ModelAliasEntity> now = aliases.find(name, alias);
        if (now.isEmpty() || now.get().version != version) {
            updates.move(name, alias, version, reason);
            record(action, name, Map.of("alias", alias, "version", version));
        }
        return new Done();
    }

    /** Deletes an alias; without production the model has no default version. No change if it was deleted before. */
    public ChangeResult removeAlias(String name, String alias) {
        return change(name, () -> {
            Optional<ModelAliasEntity> now = aliases.find(name, alias);
            if (now.isPresent()) {
                updates.remove(now.get());
                record(AuditAction.MODEL_ALIAS_DELETE, name, Map.of("alias", alias));
                return new Done();
            }
            return moves.existed(name, alias) ? new Done() : new UnknownAlias();
        });
    }

    /** Points {@code alias} to its previous version; each further call goes one version back. */
    public ChangeResult rollBack(String name, String alias) {
        return change(name, () -> {
            Optional<ModelAliasEntity> now = aliases.find(name, alias);
            if (now.isEmpty()) {
                return new UnknownAlias();
            }
            Optional<AliasMoveEntity> back = moves.before(now.get());
            if (back.isEmpty()) {
                return new NoEarlierVersion(now.get().version);
            }
            int version = Objects.requireNonNull(back.get().toVersion);
            updates.move(name, alias, version, AliasUpdates.ROLLED_BACK, back.get().previous);
            record(AuditAction.MODEL_ALIAS_ROLLBACK, name, Map.of("alias", alias, "version", version));
            return new Done();
        });
    }

    /** Deletes a version to which no alias points; {@link ModelFileCleaner} deletes its files. */
    public ChangeResult delete(String name, int version) {
        return change(name, () -> {
            Optional<Boolean> deleted = versions.isDeleted(name, version);
            if (deleted.isEmpty()) {
                return new UnknownVersion();
            }
            if (deleted.get()) {
                return new Done();
            }
            List<String> users = aliases.of(name, version);
            if (!users.isEmpty()) {
                return new VersionInUse(users);
            }
            updates.delete(name, version);
            record(AuditAction.MODEL_VERSION_DELETE, name, Map.of("version", version));
            return new Done();
        });
    }

    /** Deletes a model: its aliases, its route and every version. No change if it was deleted before. */
    public ChangeResult deleteModel(String name) {
        return change(name, () -> {
            boolean before = versions.isDeleted(name);
            updates.deleteAll(name);
            if (!before) {
                record(AuditAction.MODEL_DELETE, name, Map.of());
            }
            return new Done();
        });
    }

    /**
     * Releases a version from quarantine, so that predictors load it again.
     *
     * @param released is called with the SHA-256 of each of its files
     */
    public ChangeResult releaseQuarantine(String name, int version, Consumer<String> released) {
        return change(name, () -> {
            Optional<Boolean> deleted = versions.isDeleted(name, version);
            if (deleted.isEmpty()) {
                return new UnknownVersion();
            }
            if (deleted.get()) {
                return new DeletedVersion();
            }
            for (String sha256 : versions.files(name, version).orElseThrow().hashes()) {
                quarantine.release(sha256);
                released.accept(sha256);
            }
            record(AuditAction.MODEL_VERSION_RELEASE, name, Map.of("version", version));
            return new Done();
        });
    }

    /**
     * Releases files from quarantine that no version uses any more.
     *
     * @return number of released files
     */
    public int releaseUnused(List<ModelQuarantine> quarantines) {
        List<String> unused = transactions.call(() -> {
            List<String> found = quarantines.stream()
                    .map(ModelQuarantine::sha256)
                    .filter(sha256 -> !versions.isFileUsed(sha256))
                    .toList();
            found.forEach(quarantine::release);
            return found;
        });
        if (!unused.isEmpty()) {
            relay.wake();
        }
        return unused.size();
    }

    /** Sets the route of a model. */
    public ChangeResult setRoute(String name, Route route) {
        return change(name, () -> {
            if (versions.isDeleted(name)) {
                return new DeletedModel();
            }
            routes.set(name, route);
            revision.increment();
            record(AuditAction.MODEL_ROUTE_SET, name, Map.of("route", route));
            return new Done();
        });
    }

    private void record(AuditAction action, String name, Map<String, ?> detail) {
        audit.record(new AuditedChange(action, ModelName.plain(name), ModelName.project(name), detail));
    }

    private ChangeResult change(String name, Supplier<ChangeResult> change) {
        if (!ModelNames.isStorable(name)) {
            return new UnknownModel();
        }
        ChangeResult outcome = transactions.call(() -> {
            versions.lock(name);
            return versions.isKnown(name) ? change.get() : new UnknownModel();
        });
        relay.wake();
        return outcome;
    }
}
