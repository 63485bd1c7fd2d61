package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queries of the model registry. */
@Singleton
public class ModelQueries {
    private static final int NEWEST = 10;
    private static final int LAST_MOVES = 20;

    private final Transactions transactions;
    private final ModelVersionRepository versions;
    private final ModelAliasRepository aliases;
    private final AliasMoveRepository moves;
    private final ModelRouteRepository routes;
    private final ShadowComparisonRepository comparisons;

    ModelQueries(
            @Identifier(Transactions.EDGE) Transactions transactions,
            ModelVersionRepository versions,
            ModelAliasRepository aliases,
            AliasMoveRepository moves,
            ModelRouteRepository routes,
            ShadowComparisonRepository comparisons) {
        this.transactions = transactions;
        this.versions = versions;
        this.aliases = aliases;
        this.moves = moves;
        this.routes = routes;
        this.comparisons = comparisons;
    }

    /** One version of a model; {@code deletedAt} is null unless it was deleted. */
    public record Version(
            String name,
            int version,
            List<String> aliases,
            ArtifactRef onnx,
            ModelMetadata metadata,
            Instant createdAt,
            @Nullable Instant deletedAt) {

        private static Version of(ModelVersionEntity row) {
            return new Version(
                    row.name, row.version, List.of(row.aliases), row.onnx, row.metadata, row.createdAt, row.deletedAt);
        }

        boolean isActive() {
            return aliases.contains(Alias.PRODUCTION);
        }
    }

    /** Order of a list of versions. */
    enum Order {
        /** By name, then the newest first. */
        NAME("name, version desc", "(name > :after or name = :after and version < :number)"),
        /** The newest first. */
        NEWEST("createdAt desc, name, version desc", """
                exists (select 1 from ModelVersionEntity l where l.name = :after and l.version = :number
                    and (v.createdAt < l.createdAt or v.createdAt = l.createdAt
                        and (v.name > l.name or v.name = l.name and v.version < l.version)))
                """);

        final String by;
        final String afterLast;

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
    public record Page(List<Version> versions, @Nullable ModelCursor next) {}

    /** An alias, its version and the time it was set. */
    public record Pointer(String alias, int version, Instant setAt) {}

    /** A change of an alias; {@code from} is null if it was new, {@code to} if it was deleted. */
    public record Move(
            String alias, @Nullable Integer from, @Nullable Integer to, String reason, Instant at) {}

    /** A consistent view of a model's aliases, route, last moves and newest versions. */
    public record Model(String name, List<Pointer> aliases, Route route, List<Move> moves, List<Version> versions) {}

    /** Comparison of a shadow with the served version. */
    public record Comparison(
            int version, int shadowVersion, long compared, long disagreed, long failed, Instant lastAt) {}

    /** Lists the versions of {@code name}, the newest first. */
    public Page list(String name, int limit) {
        return list(ModelName.project(name), name, Order.NAME, limit, null);
    }

    /**
     * @param name stored name; null for all models of the project
     * @param after null for the first ones
     */
    Page list(String project, @Nullable String name, Order order, int limit, @Nullable ModelCursor after) {
        if (name != null && !ModelNames.isStorable(name)) {
            return new Page(List.of(), null);
        }
        List<Version> found = transactions.call(() -> versions.page(project, name, order, limit + 1, after).stream()
                .map(Version::of)
                .toList());
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        Version last = found.get(limit - 1);
        return new Page(found.subList(0, limit), new ModelCursor(last.name(), last.version()));
    }

    /** Finds a version, also a deleted one. */
    public Optional<Version> find(String name, int version) {
        if (!ModelNames.isStorable(name)) {
            return Optional.empty();
        }
        return transactions.call(() -> versions.find(name, version).map(Version::of));
    }

    public Optional<Model> find(String name) {
        if (!ModelNames.isStorable(name)) {
            return Optional.empty();
        }
        return transactions.snapshot(() -> versions.isKnown(name) ? Optional.of(model(name)) : Optional.empty());
    }

    private Model model(String name) {
        return new Model(
                name,
                aliases.of(name).stream()
                        .map(row -> new Pointer(row.alias, row.version, row.setAt))
                        .toList(),
                routes.of(name),
                moves.last(name, LAST_MOVES).stream()
                        .map(row -> new Move(row.alias, row.fromVersion, row.toVersion, row.reason, row.at))
                        .toList(),
                versions.page(ModelName.project(name), name, Order.NAME, NEWEST, null).stream()
                        .map(Version::of)
                        .toList());
    }

    /** Comparisons by version and shadow, the newest first. */
    public List<Comparison> comparisons(String name) {
        return transactions.call(() -> comparisons.of(name).stream()
                .map(row -> new Comparison(
                        row.version, row.shadowVersion, row.compared, row.disagreed, row.failed, row.lastAt))
                .toList());
    }
}
