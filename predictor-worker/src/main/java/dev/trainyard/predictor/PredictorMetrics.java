package dev.trainyard.predictor;

import dev.trainyard.message.StoppedPartitions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** What a predictor counts. */
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

    /** Time of each run of a model over a batch. */
    public Timer inference() {
        return inference;
    }

    public void answered() {
        answered.increment();
    }

    /** A picture that was answered looks like no digit. */
    public void outlier() {
        outliers.increment();
    }

    public void rejected() {
        rejected.increment();
    }

    public void unavailable() {
        unavailable.increment();
    }

    /** A request was dropped because nobody waits for it any more. */
    public void expired() {
        expired.increment();
    }

    /** The broker did not take a reply. */
    public void replyLost() {
        lostReplies.increment();
    }

    public void deadLetter() {
        deadLetters.increment();
    }

    /** A request was turned away since only a later release can answer it. */
    public void newerRequest() {
        newerRequests.increment();
    }

    /** Shows how many partitions of {@code topic} are not read past a record of a later release. */
    public void showStopped(String topic, StoppedPartitions stopped) {
        registry.gauge("trainyard.partitions.stopped", Tags.of("topic", topic), stopped, StoppedPartitions::count);
    }

    public void modelNotLoaded(String name) {
        registry.counter("trainyard.model.load.failures", "model", name).increment();
    }

    /** Shows how many models are in memory, the bytes they take, and how often one had to go for another. */
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

    /** Shows how many model files are in quarantine, and how many versions cannot be loaded. */
    public void showTrouble(IntSupplier quarantined, IntSupplier notLoadable) {
        Gauge.builder("trainyard.models.quarantined", quarantined, IntSupplier::getAsInt)
                .strongReference(true)
                .register(registry);
        Gauge.builder("trainyard.models.unavailable", notLoadable, IntSupplier::getAsInt)
                .strongReference(true)
                .register(registry);
    }

    /** Shows the version that is served, 0 for none; to be called once a name. */
    public void showVersion(String name, IntSupplier version) {
        // A gauge holds its source weakly by default, and nothing else holds this one.
        Gauge.builder("trainyard.model.version", version, IntSupplier::getAsInt)
                .tag("model", name)
                .strongReference(true)
                .register(registry);
    }
}
