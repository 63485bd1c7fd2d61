package dev.trainyard.predictor.models;

import dev.trainyard.message.ModelActivation;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the last activated version of each model. If a model cannot be loaded, the previous one stays in service and
 * the load is retried with increasing delay until another version is activated. Not thread-safe.
 */
public final class ProductionModelUpdater {
    private static final Logger LOG = LoggerFactory.getLogger(ProductionModelUpdater.class);
    static final Duration FIRST_RETRY = Duration.ofMillis(500);
    static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final ServedModels served;
    private final Clock clock;
    private final PredictorMetrics metrics;
    private final Map<String, PendingLoad> pending = new HashMap<>();
    private final Map<String, Long> moves = new HashMap<>();
    private final Set<String> shown = new HashSet<>();

    private record PendingLoad(ModelActivation activation, Instant due, Duration retry) {}

    public ProductionModelUpdater(ServedModels served, Clock clock, PredictorMetrics metrics) {
        this.served = served;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Replaces the pending activation of its name, unless {@code activation} is older. */
    public void activate(ModelActivation activation) {
        if (Objects.requireNonNull(activation.move()) < moves.getOrDefault(activation.name(), 0L)) {
            LOG.warn("an older record is skipped: model {} version {}", activation.name(), activation.version());
            return;
        }
        moves.put(activation.name(), activation.move());
        pending.put(activation.name(), new PendingLoad(activation, clock.instant(), FIRST_RETRY));
    }

    /** Stops serving the model of this name. */
    public void remove(String name) {
        pending.remove(name);
        served.remove(name);
        LOG.info("model {} is no longer served", name);
    }

    /** Loads due models. Returns the time until the next is due, at most {@code longest}. */
    public Duration load(Duration longest) {
        Instant now = clock.instant();
        for (PendingLoad next : List.copyOf(pending.values())) {
            if (!next.due().isAfter(now)) {
                load(next);
            }
        }
        return pending.values().stream()
                .map(next -> Duration.between(clock.instant(), next.due()))
                .reduce(longest, (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    private void load(PendingLoad next) {
        ModelActivation activation = next.activation();
        String name = activation.name();
        ModelFile file = ModelFile.of(activation);
        boolean another = served.isServing(name);
        try {
            if (shown.add(name)) {
                metrics.showVersion(name, () -> served.version(name));
            }
            serve(file);
            LOG.info("model {} version {} is served", name, activation.version());
            pending.remove(name);
        } catch (IOException | UnusableModelException | RuntimeException e) {
            metrics.modelNotLoaded(name);
            served.recordFailure(file, e);
            LOG.error(
                    "model {} version {} cannot be served, {}; trying again in {}: {}",
                    name,
                    activation.version(),
                    another ? "version " + served.version(name) + " stays in service" : "no version is served",
                    next.retry(),
                    e.toString());
            Duration later = next.retry().multipliedBy(2);
            pending.put(
                    name,
                    new PendingLoad(
                            activation,
                            clock.instant().plus(next.retry()),
                            later.compareTo(LAST_RETRY) < 0 ? later : LAST_RETRY));
            if (!another) {
                served.serveOnDemand(file); // requests then report the problem
            }
        }
    }

    /** Loads the version now if its name is in use or preloaded; others are loaded on demand. */
    private void serve(ModelFile file) throws IOException, UnusableModelException {
        // a gateway may send an activation twice, and a version requested explicitly may already be loaded
        if (served.serve(file)) {
            return;
        }
        boolean inUse = served.isServing(file.name()) && served.fits(file.onnx().size());
        if (served.isPreloaded(file.name()) || inUse) {
            served.makeRoomFor(file.onnx().size());
            served.serve(file, served.read(file));
        } else {
            served.serveOnDemand(file);
        }
    }
}
