package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Queries of the model registry. */
public final class ModelQueries {
    private static final String SELECT = """
            select v.*, array(select a.alias from model_alias a
                where a.name = v.name and a.version = v.version order by a.alias) as aliases
            from model_version v
            """;

    private static final int NEWEST = 10;
    private static final int LAST_MOVES = 20;

    private final Jdbi jdbi;

    public ModelQueries(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** One version of a model; {@code deletedAt} is null unless it was deleted. */
    public record Version(
            String name,
            int version,
            List<String> aliases,
            ArtifactRef onnx,
            ModelMetadata metadata,
            Instant createdAt,
            Instant deletedAt) {

        boolean isActive() {
            return aliases.contains(Alias.PRODUCTION);
        }
    }

    /** Order of a list of versions. */
    enum Order {
        /** By name, then the newest first. */
        NAME("v.name, v.version desc", "(v.name > :after or v.name = :after and v.version < :number)"),
        /** The newest first. */
        NEWEST("v.created_at desc, v.name, v.version desc", """
                exists (select 1 from model_version l where l.name = :after and l.version = :number
                    and (v.created_at < l.created_at or v.created_at = l.created_at
                        and (v.name > l.name or v.name = l.name and v.version < l.version)))
                """);

        private final String by;
        private final String afterLast;

        Order(String by, String afterLast) {
            this.by = by;
            this.afterLast = afterLast;
        }

        static Optional<Order> of(String text) {
            return Stream.of(values())
                    .filter(order -> order.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst();
        }
    }

    /** A page of versions; {@code next} is null at the end. */
    public record Page(List<Version> versions, ModelCursor next) {}

    /** An alias, its version and the time it was set. */
    public record Pointer(String alias, int version, Instant setAt) {}

    /** A change of an alias; {@code from} is null if it was new, {@code to} if it was deleted. */
    public record Move(String alias, Integer from, Integer to, String reason, Instant at) {}

    /** A consistent view of a model's aliases, route, last moves and newest versions. */
    public record Model(String name, List<Pointer> aliases, Route route, List<Move> moves, List<Version> versions) {}

    /** Comparison of a shadow with the served version. */
    public record Comparison(
            int version, int shadowVersion, long compared, long disagreed, long failed, Instant lastAt) {}

    /** Lists the versions of {@code name}, the newest first. */
    public Page list(String name, int limit) {
        return list(name, Order.NAME, limit, null);
    }

    /**
     * @param name null for all models
     * @param after null for the first ones
     */
    Page list(String name, Order order, int limit, ModelCursor after) {
        if (name != null && !ModelNames.isStorable(name)) {
            return new Page(List.of(), null);
        }
        List<Version> versions =
                jdbi.withHandle(handle -> handle.createQuery(SELECT + """
                        where v.deleted_at is null
                        and (cast(:name as text) is null or v.name = :name)
                        and (cast(:after as text) is null or %s)
                        order by %s limit :limit
                        """.formatted(order.afterLast, order.by))
                        .bind("name", name)
                        .bind("after", after == null ? null : after.name())
                        .bind("number", after == null ? 0 : after.version())
                        .bind("limit", limit + 1)
                        .map((rs, context) -> read(rs))
                        .list());
        if (versions.size() <= limit) {
            return new Page(versions, null);
        }
        Version last = versions.get(limit - 1);
        return new Page(versions.subList(0, limit), new ModelCursor(last.name(), last.version()));
    }

    /** Finds a version, also a deleted one. */
    public Optional<Version> find(String name, int version) {
        if (!ModelNames.isStorable(name)) {
            return Optional.empty();
        }
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + "where v.name = :name and v.version = :version")
                .bind("name", name)
                .bind("version", version)
                .map((rs, context) -> read(rs))
                .findOne());
    }

    public Optional<Model> find(String name) {
        if (!ModelNames.isStorable(name)) {
            return Optional.empty();
        }
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            boolean known = handle.createQuery("select exists (select 1 from model_version where name = :name)")
                    .bind("name", name)
                    .mapTo(Boolean.class)
                    .one();
            return known
                    ? Optional.of(new Model(
                            name,
                            aliases(handle, name),
                            route(handle, name),
                            moves(handle, name),
                            newest(handle, name)))
                    : Optional.empty();
        });
    }

    /** Comparisons by version and shadow, the newest first. */
    public List<Comparison> comparisons(String name) {
        return jdbi.withHandle(handle -> handle.createQuery("select * from model_comparison where name = :name "
                        + "order by version desc, shadow_version desc")
                .bind("name", name)
                .map((rs, context) -> new Comparison(
                        rs.getInt("version"),
                        rs.getInt("shadow_version"),
                        rs.getLong("compared"),
                        rs.getLong("disagreed"),
                        rs.getLong("failed"),
                        instant(rs, "last_at")))
                .list());
    }

    private static List<Pointer> aliases(Handle handle, String name) {
        return handle.createQuery("select alias, version, set_at from model_alias where name = :name order by alias")
                .bind("name", name)
                .map((rs, context) -> new Pointer(rs.getString(1), rs.getInt(2), instant(rs, "set_at")))
                .list();
    }

    private static Route route(Handle handle, String name) {
        return handle.createQuery("select * from model_route where name = :name")
                .bind("name", name)
                .map((rs, context) -> RoutingTable.read(rs))
                .findOne()
                .orElse(Route.NONE);
    }

    private static List<Move> moves(Handle handle, String name) {
        return handle.createQuery("select * from model_alias_move where name = :name order by id desc limit :limit")
                .bind("name", name)
                .bind("limit", LAST_MOVES)
                .map((rs, context) -> new Move(
                        rs.getString("alias"),
                        rs.getObject("from_version", Integer.class),
                        rs.getObject("to_version", Integer.class),
                        rs.getString("reason"),
                        instant(rs, "at")))
                .list();
    }

    private static List<Version> newest(Handle handle, String name) {
        return handle.createQuery(SELECT + """
                        where v.name = :name and v.deleted_at is null order by v.version desc limit :limit
                        """)
                .bind("name", name)
                .bind("limit", NEWEST)
                .map((rs, context) -> read(rs))
                .list();
    }

    private static Version read(ResultSet rs) throws SQLException {
        return new Version(
                rs.getString("name"),
                rs.getInt("version"),
                List.of((String[]) rs.getArray("aliases").getArray()),
                ModelJson.parse(rs.getString("onnx"), ArtifactRef.class),
                ModelJson.parse(rs.getString("metadata"), ModelMetadata.class),
                instant(rs, "created_at"),
                instant(rs, "deleted_at"));
    }

    private static Instant instant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
