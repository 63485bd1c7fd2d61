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

/**
 * A fact that a trainer reports of one attempt. The gateway applies it only where job, attempt, token and sequence fit.
 *
 * @param token random, chosen by the worker for this attempt; the fence against every other worker
 * @param sequence rises by one with each event of the token, from 0 for {@link Claimed}
 * @param worker name of the trainer, for people
 * @param at by the worker's clock, for people only
 */
public record TrainEvent(int v, UUID key, int attempt, UUID token, long sequence, String worker, Instant at, Fact fact)
        implements Versioned {

    /** What happened. */
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

    /** A fact that only later releases know; it changes nothing here. */
    public record Unknown() implements Fact {}

    /** The worker took the job; always the first event of a token. */
    @JsonTypeName("claimed")
    public record Claimed() implements Fact {}

    /** The run advanced since the last heartbeat; extends the lease. */
    @JsonTypeName("heartbeat")
    public record Heartbeat() implements Fact {}

    /**
     * Where the run stands; moves the figures a client sees, at least every 2 s, and nothing else.
     *
     * @param epoch being trained now, from 1
     * @param loss running mean of the epoch so far, nats
     * @param progress of the whole run, 0 to 1
     * @param samplesPerSecond training images per second in the current epoch
     * @param etaSeconds until the run's end
     */
    @JsonTypeName("progress")
    public record Progress(int epoch, double loss, double progress, double samplesPerSecond, double etaSeconds)
            implements Fact {}

    /** An epoch is done and, where {@code checkpoint} is not null, can be resumed after. */
    @JsonTypeName("epoch")
    public record EpochEnded(EpochMetrics metrics, ArtifactRef checkpoint) implements Fact {}

    /**
     * The run is complete.
     *
     * @param model the ONNX file, null when {@code save_weights} is false
     * @param metadata the {@link dev.trainyard.artifact.ModelMetadata} JSON, null with the model
     */
    @JsonTypeName("succeeded")
    public record Succeeded(TrainingResult result, ArtifactRef model, ArtifactRef metadata) implements Fact {}

    /** The attempt failed; the code says whether another try makes sense. */
    @JsonTypeName("failed")
    public record Failed(FailureCode code, String message) implements Fact {}

    /**
     * The worker is being drained and gives the job back, uncharged.
     *
     * @param checkpoint taken within an epoch, so that the next worker loses no batch; null when there is none
     */
    @JsonTypeName("released")
    public record Released(String reason, ArtifactRef checkpoint) implements Fact {
        public Released(String reason) {
            this(reason, null);
        }
    }

    /** @throws MalformedMessageException if the bytes are no whole event */
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
