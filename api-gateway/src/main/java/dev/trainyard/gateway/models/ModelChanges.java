package dev.trainyard.gateway.models;

import dev.trainyard.message.ModelQuarantine;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Changes of models by clients. Each change is one transaction under the lock of the model. */
public final class ModelChanges {
    private final Jdbi jdbi;
    private final Runnable outboxFilled;

    /** @param outboxFilled is called after each change */
    public ModelChanges(Jdbi jdbi, Runnable outboxFilled) {
        this.jdbi = jdbi;
        this.outboxFilled = outboxFilled;
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
        return change(name, handle -> point(handle, name, alias, version, AliasUpdates.SET));
    }

    /** As {@link #setAlias}, but recorded in the history as a promotion. */
    public ChangeResult promote(String name, int version, String alias) {
        return change(name, handle -> point(handle, name, alias, version, AliasUpdates.PROMOTED));
    }

    private static ChangeResult point(Handle handle, String name, String alias, int version, String reason) {
        Optional<Boolean> deleted = isDeleted(handle, name, version);
        if (deleted.isEmpty()) {
            return new UnknownVersion();
        }
        if (deleted.get()) {
            return new DeletedVersion();
        }
        Optional<AliasUpdates.AliasTarget> now = AliasUpdates.find(handle, name, alias);
        if (now.isEmpty() || now.get().version() != version) {
            AliasUpdates.move(handle, name, alias, version, reason);
        }
        return new Done();
    }

    /** Deletes an alias; without production the model has no default version. No change if it was deleted before. */
    public ChangeResult removeAlias(String name, String alias) {
        return change(name, handle -> {
            Optional<AliasUpdates.AliasTarget> now = AliasUpdates.find(handle, name, alias);
            if (now.isPresent()) {
                AliasUpdates.remove(handle, name, alias, now.get());
                return new Done();
            }
            return existedBefore(handle, name, alias) ? new Done() : new UnknownAlias();
        });
    }

    private static boolean existedBefore(Handle handle, String name, String alias) {
        return handle.createQuery(
                        "select exists (select 1 from model_alias_move where name = :name and alias = :alias)")
                .bind("name", name)
                .bind("alias", alias)
                .mapTo(Boolean.class)
                .one();
    }

    /** Points {@code alias} to its previous version; each further call goes one version back. */
    public ChangeResult rollBack(String name, String alias) {
        return change(name, handle -> {
            Optional<AliasUpdates.AliasTarget> now = AliasUpdates.find(handle, name, alias);
            if (now.isEmpty()) {
                return new UnknownAlias();
            }
            Optional<AliasUpdates.RollbackTarget> back = AliasUpdates.back(handle, name, now.get());
            if (back.isEmpty()) {
                return new NoEarlierVersion(now.get().version());
            }
            AliasUpdates.move(
                    handle,
                    name,
                    alias,
                    back.get().version(),
                    AliasUpdates.ROLLED_BACK,
                    back.get().previous());
            return new Done();
        });
    }

    /** Deletes a version to which no alias points; {@link ModelFileCleaner} deletes its files. */
    public ChangeResult delete(String name, int version) {
        return change(name, handle -> {
            Optional<Boolean> deleted = isDeleted(handle, name, version);
            if (deleted.isEmpty()) {
                return new UnknownVersion();
            }
            if (deleted.get()) {
                return new Done();
            }
            List<String> aliases = handle.createQuery(
                            "select alias from model_alias where name = :name and version = :version order by alias")
                    .bind("name", name)
                    .bind("version", version)
                    .mapTo(String.class)
                    .list();
            if (!aliases.isEmpty()) {
                return new VersionInUse(aliases);
            }
            AliasUpdates.delete(handle, name, version);
            return new Done();
        });
    }

    /** Deletes a model: its aliases, its route and every version. No change if it was deleted before. */
    public ChangeResult deleteModel(String name) {
        return change(name, handle -> {
            AliasUpdates.deleteAll(handle, name);
            return new Done();
        });
    }

    /**
     * Releases a version from quarantine, so that predictors load it again.
     *
     * @param released is called with the SHA-256 of each of its files
     */
    public ChangeResult releaseQuarantine(String name, int version, Consumer<String> released) {
        return change(name, handle -> {
            Optional<Boolean> deleted = isDeleted(handle, name, version);
            if (deleted.isEmpty()) {
                return new UnknownVersion();
            }
            if (deleted.get()) {
                return new DeletedVersion();
            }
            for (String sha256 : QuarantineReleases.files(handle, name, version)) {
                QuarantineReleases.release(handle, sha256);
                released.accept(sha256);
            }
            return new Done();
        });
    }

    /**
     * Releases files from quarantine that no version uses any more.
     *
     * @return number of released files
     */
    public int releaseUnused(List<ModelQuarantine> quarantines) {
        List<String> unused = jdbi.inTransaction(handle -> {
            List<String> found = quarantines.stream()
                    .map(ModelQuarantine::sha256)
                    .filter(sha256 -> !QuarantineReleases.isUsed(handle, sha256))
                    .toList();
            found.forEach(sha256 -> QuarantineReleases.release(handle, sha256));
            return found;
        });
        if (!unused.isEmpty()) {
            outboxFilled.run();
        }
        return unused.size();
    }

    /** Sets the route of a model. */
    public ChangeResult setRoute(String name, Route route) {
        return change(name, handle -> {
            boolean deleted = handle.createQuery(
                            "select bool_and(deleted_at is not null) from model_version where name = :name")
                    .bind("name", name)
                    .mapTo(Boolean.class)
                    .one();
            if (deleted) {
                return new DeletedModel();
            }
            handle.createUpdate("""
                            insert into model_route (name, canary_share, shadow_share, shadow_alias)
                            values (:name, :canary, :shadow, :alias)
                            on conflict (name) do update set canary_share = excluded.canary_share,
                                shadow_share = excluded.shadow_share, shadow_alias = excluded.shadow_alias,
                                set_at = now()
                            """)
                    .bind("name", name)
                    .bind("canary", route.canaryShare())
                    .bind("shadow", route.shadowShare())
                    .bind("alias", route.shadowAlias())
                    .execute();
            AliasUpdates.changed(handle);
            return new Done();
        });
    }

    private ChangeResult change(String name, Function<Handle, ChangeResult> change) {
        if (!ModelNames.isStorable(name)) {
            return new UnknownModel();
        }
        ChangeResult outcome = jdbi.inTransaction(handle -> {
            AliasUpdates.lock(handle, name);
            boolean known = handle.createQuery("select exists (select 1 from model_version where name = :name)")
                    .bind("name", name)
                    .mapTo(Boolean.class)
                    .one();
            return known ? change.apply(handle) : new UnknownModel();
        });
        outboxFilled.run();
        return outcome;
    }

    private static Optional<Boolean> isDeleted(Handle handle, String name, int version) {
        return handle.createQuery("select deleted_at is not null from model_version "
                        + "where name = :name and version = :version")
                .bind("name", name)
                .bind("version", version)
                .mapTo(Boolean.class)
                .findOne();
    }
}
