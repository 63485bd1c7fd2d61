package dev.trainyard.gateway.models;

import dev.trainyard.message.ModelQuarantine;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What clients do to models. Each change is one transaction under the lock of the model's name. */
public final class ModelChanges {
    private final Jdbi jdbi;
    private final Runnable outboxFilled;

    /** @param outboxFilled is called after each change */
    public ModelChanges(Jdbi jdbi, Runnable outboxFilled) {
        this.jdbi = jdbi;
        this.outboxFilled = outboxFilled;
    }

    /** How a wish ended. */
    public sealed interface ChangeResult {}

    /** It is as the client wants it, maybe since before. */
    public record Done() implements ChangeResult {}

    public record UnknownModel() implements ChangeResult {}

    public record UnknownVersion() implements ChangeResult {}

    /** The version was deleted. */
    public record DeletedVersion() implements ChangeResult {}

    public record UnknownAlias() implements ChangeResult {}

    /** Every version of the model was deleted. */
    public record DeletedModel() implements ChangeResult {}

    /** Every version that the alias pointed to before is deleted, or there was none. */
    public record NoEarlierVersion(int version) implements ChangeResult {}

    /** The version cannot be deleted while they point to it. */
    public record VersionInUse(List<String> aliases) implements ChangeResult {}

    /** Points {@code alias} to {@code version}; nothing happens if it does. */
    public ChangeResult setAlias(String name, String alias, int version) {
        return change(name, handle -> point(handle, name, alias, version, AliasUpdates.SET));
    }

    /** As {@link #setAlias}, and kept in the history as what it is. */
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

    /** Takes an alias away, also production, and then no version answers; nothing happens if that was done before. */
    public ChangeResult removeAlias(String name, String alias) {
        return change(name, handle -> {
            Optional<AliasUpdates.AliasTarget> now = AliasUpdates.find(handle, name, alias);
            if (now.isPresent()) {
                AliasUpdates.remove(handle, name, alias, now.get());
                return new Done();
            }
            return wasThere(handle, name, alias) ? new Done() : new UnknownAlias();
        });
    }

    private static boolean wasThere(Handle handle, String name, String alias) {
        return handle.createQuery(
                        "select exists (select 1 from model_alias_move where name = :name and alias = :alias)")
                .bind("name", name)
                .bind("alias", alias)
                .mapTo(Boolean.class)
                .one();
    }

    /** Points {@code alias} to where it pointed before; once more and it goes further back. */
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

    /** Deletes a version to which no alias points; its files are {@link ModelFileCleaner}' matter. */
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

    /** Deletes a model: its aliases, its route and every version; nothing happens if that was done before. */
    public ChangeResult deleteModel(String name) {
        return change(name, handle -> {
            AliasUpdates.deleteAll(handle, name);
            return new Done();
        });
    }

    /**
     * Has predictors try a version again that ended one of them.
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
     * Releases files from quarantine that belong to no version any more: the version was deleted just before.
     *
     * @return how many
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

    /** Who else is asked from now on. */
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
