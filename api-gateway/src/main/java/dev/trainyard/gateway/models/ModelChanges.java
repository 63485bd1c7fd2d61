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
    public sealed interface Outcome {}

    /** It is as the client wants it, maybe since before. */
    public record Done() implements Outcome {}

    public record UnknownModel() implements Outcome {}

    public record UnknownVersion() implements Outcome {}

    /** The version was deleted. */
    public record DeletedVersion() implements Outcome {}

    public record UnknownAlias() implements Outcome {}

    /** Every version of the model was deleted. */
    public record DeletedModel() implements Outcome {}

    /** Every version that the alias pointed to before is deleted, or there was none. */
    public record NothingBefore(int version) implements Outcome {}

    /** The version cannot be deleted while they point to it. */
    public record InUse(List<String> aliases) implements Outcome {}

    /** Points {@code alias} to {@code version}; nothing happens if it does. */
    public Outcome setAlias(String name, String alias, int version) {
        return change(name, handle -> point(handle, name, alias, version, AliasMoves.SET));
    }

    /** As {@link #setAlias}, and kept in the history as what it is. */
    public Outcome promote(String name, int version, String alias) {
        return change(name, handle -> point(handle, name, alias, version, AliasMoves.PROMOTED));
    }

    private static Outcome point(Handle handle, String name, String alias, int version, String reason) {
        Optional<Boolean> deleted = isDeleted(handle, name, version);
        if (deleted.isEmpty()) {
            return new UnknownVersion();
        }
        if (deleted.get()) {
            return new DeletedVersion();
        }
        Optional<AliasMoves.At> now = AliasMoves.find(handle, name, alias);
        if (now.isEmpty() || now.get().version() != version) {
            AliasMoves.move(handle, name, alias, version, reason);
        }
        return new Done();
    }

    /** Takes an alias away, also production, and then no version answers; nothing happens if that was done before. */
    public Outcome removeAlias(String name, String alias) {
        return change(name, handle -> {
            Optional<AliasMoves.At> now = AliasMoves.find(handle, name, alias);
            if (now.isPresent()) {
                AliasMoves.remove(handle, name, alias, now.get());
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
    public Outcome rollBack(String name, String alias) {
        return change(name, handle -> {
            Optional<AliasMoves.At> now = AliasMoves.find(handle, name, alias);
            if (now.isEmpty()) {
                return new UnknownAlias();
            }
            Optional<AliasMoves.Back> back = AliasMoves.back(handle, name, now.get());
            if (back.isEmpty()) {
                return new NothingBefore(now.get().version());
            }
            AliasMoves.move(
                    handle,
                    name,
                    alias,
                    back.get().version(),
                    AliasMoves.ROLLED_BACK,
                    back.get().previous());
            return new Done();
        });
    }

    /** Deletes a version to which no alias points; its files are {@link ModelFiles}' matter. */
    public Outcome delete(String name, int version) {
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
                return new InUse(aliases);
            }
            AliasMoves.delete(handle, name, version);
            return new Done();
        });
    }

    /** Deletes a model: its aliases, its route and every version; nothing happens if that was done before. */
    public Outcome deleteModel(String name) {
        return change(name, handle -> {
            AliasMoves.deleteAll(handle, name);
            return new Done();
        });
    }

    /**
     * Has predictors try a version again that ended one of them.
     *
     * @param released is called with the SHA-256 of each of its files
     */
    public Outcome releaseQuarantine(String name, int version, Consumer<String> released) {
        return change(name, handle -> {
            Optional<Boolean> deleted = isDeleted(handle, name, version);
            if (deleted.isEmpty()) {
                return new UnknownVersion();
            }
            if (deleted.get()) {
                return new DeletedVersion();
            }
            for (String sha256 : ModelReleases.files(handle, name, version)) {
                ModelReleases.release(handle, sha256);
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
                    .filter(sha256 -> !ModelReleases.isUsed(handle, sha256))
                    .toList();
            found.forEach(sha256 -> ModelReleases.release(handle, sha256));
            return found;
        });
        if (!unused.isEmpty()) {
            outboxFilled.run();
        }
        return unused.size();
    }

    /** Who else is asked from now on. */
    public Outcome setRoute(String name, Route route) {
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
            AliasMoves.changed(handle);
            return new Done();
        });
    }

    private Outcome change(String name, Function<Handle, Outcome> change) {
        if (!Names.isPossible(name)) {
            return new UnknownModel();
        }
        Outcome outcome = jdbi.inTransaction(handle -> {
            AliasMoves.lock(handle, name);
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
