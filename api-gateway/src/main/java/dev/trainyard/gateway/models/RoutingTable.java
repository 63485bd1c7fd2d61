package dev.trainyard.gateway.models;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Aliases, versions and routes of all models at {@code revision} of the registry. */
record RoutingTable(long revision, Map<String, Entry> models) {
    static final RoutingTable EMPTY = new RoutingTable(-1, Map.of());

    /** One model: versions by alias, existing versions, deleted versions and the route. */
    record Entry(Map<String, Integer> aliases, TreeSet<Integer> versions, Set<Integer> deleted, Route route) {
        Entry withRoute(Route other) {
            return new Entry(aliases, versions, deleted, other);
        }
    }

    /** The table at {@code revision} of the registry. */
    static RoutingTable of(
            long revision,
            List<ModelVersionRepository.Number> versions,
            List<ModelAliasEntity> aliases,
            List<ModelRouteEntity> routes) {
        Map<String, Entry> models = new HashMap<>();
        for (ModelVersionRepository.Number one : versions) {
            Entry entry = entry(models, one.name());
            (one.deleted() ? entry.deleted() : entry.versions()).add(one.version());
        }
        aliases.forEach(row -> entry(models, row.name).aliases().put(row.alias, row.version));
        routes.forEach(row -> models.computeIfPresent(row.name, (name, entry) -> entry.withRoute(row.route())));
        return new RoutingTable(revision, models);
    }

    private static Entry entry(Map<String, Entry> models, String name) {
        return models.computeIfAbsent(
                name, key -> new Entry(new HashMap<>(), new TreeSet<>(), new HashSet<>(), Route.NONE));
    }
}
