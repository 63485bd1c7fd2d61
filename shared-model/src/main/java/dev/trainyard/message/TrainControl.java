package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Command for the trainer that runs the job.
 *
 * @param attempt the command applies to this attempt and all earlier ones
 * @param token applies only to the run with this token; null for all runs of those attempts
 */
public record TrainControl(
        int v, UUID key, int attempt, @Nullable UUID token, Command command, Instant at) implements Versioned {

    /** Reason for stopping. */
    public enum Command {
        /** The client cancelled the job; a record still in the queue must not start. */
        @JsonProperty("cancel")
        CANCEL,
        /** The client paused the job; a record of these attempts must not start. */
        @JsonProperty("pause")
        PAUSE,
        /** Another attempt or token owns the job; stop and report nothing more. */
        @JsonProperty("fenced")
        FENCED,
        /** Command of a later release; ignored. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /** @throws MalformedMessageException if the bytes are not a complete command of a known version */
    public static TrainControl read(byte[] json) throws MalformedMessageException {
        TrainControl order = WireJson.read(json, TrainControl.class);
        if (order.key() == null || order.command() == null) {
            throw new MalformedMessageException("TrainControl without key or command");
        }
        if (order.command() == Command.UNKNOWN && order.v() <= CURRENT) {
            throw new MalformedMessageException("TrainControl with a command that is not known");
        }
        return order;
    }

    /** Returns true if this command applies to the run of {@code token} in {@code attempt}. */
    public boolean concerns(UUID runKey, int runAttempt, @Nullable UUID runToken) {
        return key.equals(runKey) && runAttempt <= attempt && (token == null || token.equals(runToken));
    }
}
