package dev.trainyard.gateway.models;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Aliases, versions and routes of all models at {@code revision} of the registry. */
record RoutingTable(long revision, Map<String, Entry> models) {
    static final RoutingTable EMPTY = new RoutingTable(-1, Map.of());

    /** One model: versions by alias, existing versions, deleted versions and the route. */
    record Entry(Map<String, Integer> aliases, TreeSet<Integer> versions, Set<Integer> deleted, Route route) {
        Entry withRoute(Route other) {
            return new Entry(aliases, versions, deleted, other);
        }
    }

    /** Reads the registry; returns {@code known} if it is up to date. */
    static RoutingTable refresh(Jdbi jdbi, RoutingTable known) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            long revision = handle.createQuery("select revision from model_revision")
                    .mapTo(Long.class)
                    .one();
            if (revision == known.revision()) {
                return known;
            }
            Map<String, Entry> models = new HashMap<>();
            handle.createQuery("select name, version, deleted_at is null from model_version")
                    .map((rs, context) -> {
                        Entry entry = entry(models, rs.getString(1));
                        return (rs.getBoolean(3) ? entry.versions() : entry.deleted()).add(rs.getInt(2));
                    })
                    .list();
            handle.createQuery("select name, alias, version from model_alias")
                    .map((rs, context) ->
                            entry(models, rs.getString(1)).aliases().put(rs.getString(2), rs.getInt(3)) == null)
                    .list();
            handle.createQuery("select * from model_route")
                    .map((rs, context) -> {
                        Route route = read(rs);
                        return models.computeIfPresent(rs.getString("name"), (name, entry) -> entry.withRoute(route));
                    })
                    .list();
            return new RoutingTable(revision, models);
        });
    }

    private static Entry entry(Map<String, Entry> models, String name) {
        return models.computeIfAbsent(
                name, key -> new Entry(new HashMap<>(), new TreeSet<>(), new HashSet<>(), Route.NONE));
    }

    static Route read(ResultSet rs) throws SQLException {
        return new Route(rs.getDouble("canary_share"), rs.getDouble("shadow_share"), rs.getString("shadow_alias"));
    }
}
