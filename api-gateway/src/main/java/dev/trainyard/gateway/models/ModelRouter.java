package dev.trainyard.gateway.models;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.job.TrainingConfigReader;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Selects the version for a request by the model's route and aliases, from an in-memory copy of the registry. */
@Singleton
public class ModelRouter {
    /** Alias of the version that serves requests by default. */
    public static final String PRODUCTION = Alias.PRODUCTION;

    /** Message for a request without a version if none is in production. */
    public static final String NONE_ACTIVE =
            "No model is active. Promote a version, POST /api/v1/models/NAME/versions/N/promote, "
                    + "or train one: POST /api/v1/train with \"save_weights\":true; it becomes active when it ends.";

    private static final int MAX_LISTED = 20;

    private final UnaryOperator<RoutingTable> reader;
    private final ShareSampler canaries = new ShareSampler(ShareSampler.GOLDEN);
    private final ShareSampler shadows = new ShareSampler(ShareSampler.SILVER);
    private volatile RoutingTable table = RoutingTable.EMPTY;

    @Inject
    ModelRouter(RoutingTableReader reader) {
        this(reader::refresh);
    }

    /** @param reader returns the newest table, or the given one if it is up to date */
    ModelRouter(UnaryOperator<RoutingTable> reader) {
        this.reader = reader;
    }

    /**
     * The version that serves a request.
     *
     * @param version null for the one that the predictor has in production
     * @param alias that selected the version; null if the client named a version
     * @param shadow version that gets a copy of the request
     */
    public record Target(
            String model,
            @Nullable Integer version,
            @Nullable String alias,
            @Nullable Integer shadow) {
        /** Returns true if the route selected the canary, so that production may replace it. */
        public boolean isCanary(ModelSelector selector) {
            return version != null && selector.version() == null && selector.alias() == null;
        }
    }

    /** Reads the registry if it has changed. A slower read by another thread does not replace a newer one. */
    public void refresh() {
        RoutingTable read = reader.apply(table);
        synchronized (this) {
            if (read.revision() > table.revision()) {
                table = read;
            }
        }
    }

    /** Selects the target; empty if the in-memory copy has none, in which case {@link #refresh} may help. */
    public Optional<Target> select(ModelSelector selector) {
        String name = Objects.requireNonNullElse(selector.model(), TrainingConfigReader.DIGIT_MODEL);
        RoutingTable.Entry model = table.models().get(name);
        if (model == null) {
            // the table is not loaded yet, maybe because the database is unavailable; predictors know their production
            // version
            return selector.equals(ModelSelector.ANY)
                    ? Optional.of(new Target(name, null, Alias.PRODUCTION, null))
                    : Optional.empty();
        }
        if (model.versions().isEmpty()) {
            return Optional.empty();
        }
        if (selector.version() != null) {
            return model.versions().contains(selector.version())
                    ? Optional.of(new Target(name, selector.version(), null, null))
                    : Optional.empty();
        }
        if (Alias.PRODUCTION.equals(selector.alias())) {
            return Optional.of(new Target(name, null, Alias.PRODUCTION, null));
        }
        if (selector.alias() != null) {
            return Optional.ofNullable(model.aliases().get(selector.alias()))
                    .map(version -> new Target(name, version, selector.alias(), null));
        }
        return Optional.of(byRoute(name, model));
    }

    private Target byRoute(String name, RoutingTable.Entry model) {
        Route route = model.route();
        Integer production = model.aliases().get(Alias.PRODUCTION);
        Integer canary = model.aliases().get(Alias.CANARY);
        boolean isCanary = canary != null && !canary.equals(production) && canaries.next(route.canaryShare());
        Integer served = isCanary ? canary : production;
        Integer shadow = model.aliases().get(route.shadowAlias());
        boolean isShadowed = shadow != null && !shadow.equals(served) && shadows.next(route.shadowShare());
        return new Target(
                name, isCanary ? canary : null, isCanary ? Alias.CANARY : Alias.PRODUCTION, isShadowed ? shadow : null);
    }

    /** The problem for a selector without a match; it lists the existing models, versions or aliases. */
    public ProblemException notFound(ModelSelector selector) {
        String name = Objects.requireNonNullElse(selector.model(), TrainingConfigReader.DIGIT_MODEL);
        RoutingTable.Entry model = table.models().get(name);
        if (model == null) {
            return new ProblemException(
                    ProblemType.NOT_FOUND,
                    "There is no model %s; the models are: %s."
                            .formatted(ModelName.plain(name), list(names(ModelName.project(name)))));
        }
        if (model.versions().isEmpty() && selector.version() == null) {
            return selector.model() == null
                    ? new ProblemException(ProblemType.NO_ACTIVE_MODEL, NONE_ACTIVE)
                    : ModelResource.deletedModel(ModelName.plain(name));
        }
        String versions = list(model.versions().descendingSet());
        if (selector.version() != null && model.deleted().contains(selector.version())) {
            return new ProblemException(
                    ProblemType.GONE,
                    "Version %d of model %s was deleted; the existing versions are %s."
                            .formatted(selector.version(), ModelName.plain(name), versions));
        }
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "Model %s has no %s; it has aliases %s and versions %s."
                        .formatted(
                                ModelName.plain(name),
                                selector.version() != null
                                        ? "version " + selector.version()
                                        : "alias " + selector.alias(),
                                list(new TreeSet<>(model.aliases().keySet())),
                                versions));
    }

    private Set<String> names(String project) {
        return table.models().keySet().stream()
                .filter(name -> ModelName.project(name).equals(project))
                .map(ModelName::plain)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String list(Collection<?> all) {
        String some = all.stream().limit(MAX_LISTED).map(Object::toString).collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all.size() > MAX_LISTED ? some + " and more" : some;
    }
}
