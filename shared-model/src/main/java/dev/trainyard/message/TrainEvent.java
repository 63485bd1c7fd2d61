package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Event reported by a trainer for one attempt. The gateway applies it only if job, attempt, token and sequence match.
 *
 * @param token random value chosen by the worker for this attempt; fences off all other workers
 * @param sequence increases by one with each event of the token, from 0 for {@link Claimed}
 * @param worker name of the trainer, for display only
 * @param at time by the worker's clock, for display only
 */
public record TrainEvent(int v, UUID key, int attempt, UUID token, long sequence, String worker, Instant at, Fact fact)
        implements Versioned {

    /** Content of the event. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Unknown.class)
    @JsonSubTypes({
        @JsonSubTypes.Type(Claimed.class),
        @JsonSubTypes.Type(Heartbeat.class),
        @JsonSubTypes.Type(Progress.class),
        @JsonSubTypes.Type(EpochEnded.class),
        @JsonSubTypes.Type(Succeeded.class),
        @JsonSubTypes.Type(Failed.class),
        @JsonSubTypes.Type(Released.class)
    })
    public sealed interface Fact {}

    /** Fact of a later release; ignored. */
    public record Unknown() implements Fact {}

    /** The worker claimed the job; always the first event of a token. */
    @JsonTypeName("claimed")
    public record Claimed() implements Fact {}

    /** The run advanced since the last heartbeat; extends the lease. */
    @JsonTypeName("heartbeat")
    public record Heartbeat() implements Fact {}

    /**
     * Progress of the run, sent at least every 2 s; only updates what clients see.
     *
     * @param epoch current epoch, from 1
     * @param loss running mean of the epoch so far, nats
     * @param progress progress of the complete run, 0 to 1
     * @param samplesPerSecond training images per second in the current epoch
     * @param etaSeconds estimated time until the end of the run
     * @param engine name and version of the engine that trains; null from older workers
     */
    @JsonTypeName("progress")
    public record Progress(
            int epoch,
            double loss,
            double progress,
            double samplesPerSecond,
            double etaSeconds,
            @Nullable String engine)
            implements Fact {
        public Progress(int epoch, double loss, double progress, double samplesPerSecond, double etaSeconds) {
            this(epoch, loss, progress, samplesPerSecond, etaSeconds, null);
        }
    }

    /**
     * An epoch ended; with a {@code checkpoint} the run can be resumed after it.
     *
     * @param engine name and version of the engine that trains; null from older workers
     */
    @JsonTypeName("epoch")
    public record EpochEnded(
            EpochMetrics metrics,
            @Nullable ArtifactRef checkpoint,
            @Nullable String engine) implements Fact {
        public EpochEnded(EpochMetrics metrics, @Nullable ArtifactRef checkpoint) {
            this(metrics, checkpoint, null);
        }
    }

    /**
     * The run is complete.
     *
     * @param model the ONNX file; null if {@code save_weights} is false
     * @param metadata the {@link dev.trainyard.artifact.ModelMetadata} JSON; null without model
     */
    @JsonTypeName("succeeded")
    public record Succeeded(
            TrainingResult result,
            @Nullable ArtifactRef model,
            @Nullable ArtifactRef metadata) implements Fact {}

    /** The attempt failed; the code determines whether it is retried. */
    @JsonTypeName("failed")
    public record Failed(FailureCode code, String message) implements Fact {}

    /**
     * The worker is draining and returns the job; the attempt is not counted.
     *
     * @param checkpoint checkpoint within the epoch, so that no batch is lost; null if there is none
     */
    @JsonTypeName("released")
    public record Released(String reason, @Nullable ArtifactRef checkpoint) implements Fact {
        public Released(String reason) {
            this(reason, null);
        }
    }

    /** @throws MalformedMessageException if the bytes are not a complete event */
    public static TrainEvent read(byte[] json) throws MalformedMessageException {
        TrainEvent event = WireJson.read(json, TrainEvent.class);
        if (event.key() == null || event.token() == null || event.fact() == null) {
            throw new MalformedMessageException("TrainEvent without key, token or fact");
        }
        if (event.fact() instanceof Unknown && event.v() <= CURRENT) {
            throw new MalformedMessageException("TrainEvent with a fact of no known type");
        }
        return event;
    }
}
