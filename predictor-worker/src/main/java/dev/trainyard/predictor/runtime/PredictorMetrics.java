package dev.trainyard.predictor.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Metrics of a predictor. */
public final class PredictorMetrics {
    private final MeterRegistry registry;
    private final DistributionSummary batchSize;
    private final Timer inference;
    private final Counter answered;
    private final Counter outliers;
    private final Counter rejected;
    private final Counter unavailable;
    private final Counter expired;
    private final Counter lostReplies;
    private final Counter deadLetters;
    private final Counter newerRequests;

    public PredictorMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.batchSize = registry.summary("trainyard.predict.batch.size");
        this.inference = registry.timer("trainyard.predict.inference");
        this.answered = registry.counter("trainyard.predictions", "outcome", "answered");
        this.outliers = registry.counter("trainyard.predict.outliers");
        this.rejected = registry.counter("trainyard.predictions", "outcome", "rejected");
        this.unavailable = registry.counter("trainyard.predictions", "outcome", "unavailable");
        this.expired = registry.counter("trainyard.predictions", "outcome", "expired");
        this.lostReplies = registry.counter("trainyard.predict.replies.lost");
        this.deadLetters = registry.counter("trainyard.predict.dead.letters");
        this.newerRequests = registry.counter("trainyard.predict.newer.requests");
    }

    public void batch(int size) {
        batchSize.record(size);
    }

    /** Time of each model run over a batch. */
    public Timer inference() {
        return inference;
    }

    public void answered() {
        answered.increment();
    }

    /** Counts a predicted image that is an outlier. */
    public void outlier() {
        outliers.increment();
    }

    public void rejected() {
        rejected.increment();
    }

    public void unavailable() {
        unavailable.increment();
    }

    /** Counts a request dropped after its deadline. */
    public void expired() {
        expired.increment();
    }

    /** Counts a reply that could not be delivered. */
    public void replyLost() {
        lostReplies.increment();
    }

    public void deadLetter() {
        deadLetters.increment();
    }

    /** Counts a request that only a later release can process. */
    public void newerRequest() {
        newerRequests.increment();
    }

    public void modelNotLoaded(String name) {
        registry.counter("trainyard.model.load.failures", "model", name).increment();
    }

    /** Registers the number of loaded models, their bytes, and the number of evictions. */
    public void showModels(IntSupplier count, LongSupplier bytes, LongSupplier evictions) {
        Gauge.builder("trainyard.models.loaded", count, IntSupplier::getAsInt)
                .strongReference(true)
                .register(registry);
        Gauge.builder("trainyard.models.bytes", bytes, LongSupplier::getAsLong)
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("trainyard.models.evictions", evictions, LongSupplier::getAsLong)
                .register(registry);
    }

    /** Registers the numbers of quarantined model files and of versions that cannot be loaded. */
    public void showUnusableModels(IntSupplier quarantined, IntSupplier notLoadable) {
        Gauge.builder("trainyard.models.quarantined", quarantined, IntSupplier::getAsInt)
                .strongReference(true)
                .register(registry);
        Gauge.builder("trainyard.models.unavailable", notLoadable, IntSupplier::getAsInt)
                .strongReference(true)
                .register(registry);
    }

    /** Registers the served version, 0 for none; to be called once per name. */
    public void showVersion(String name, IntSupplier version) {
        // Gauges reference their source weakly by default, and there is no other reference to this one.
        Gauge.builder("trainyard.model.version", version, IntSupplier::getAsInt)
                .tag("model", name)
                .strongReference(true)
                .register(registry);
    }
}
