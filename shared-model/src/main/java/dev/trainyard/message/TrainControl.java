package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;

/**
 * An order to whichever trainer runs the job: stop.
 *
 * @param attempt the order is for this attempt and all before it
 * @param token only the run with this token is meant; null means every run of those attempts
 */
public record TrainControl(int v, UUID key, int attempt, UUID token, Command command, Instant at) implements Versioned {

    /** Why to stop. */
    public enum Command {
        /** The client cancelled the job: also a record still in the queue must not start. */
        @JsonProperty("cancel")
        CANCEL,
        /** The client paused the job: stop, and do not start a record of these attempts. */
        @JsonProperty("pause")
        PAUSE,
        /** Another attempt or token owns the job now: stop and report nothing more. */
        @JsonProperty("fenced")
        FENCED,
        /** Any that only later releases know; not followed here. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /** @throws MalformedMessageException if the bytes are no whole order of a known version */
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

    /** Whether this order is meant for the run of {@code token} in {@code attempt}. */
    public boolean concerns(UUID runKey, int runAttempt, UUID runToken) {
        return key.equals(runKey) && runAttempt <= attempt && (token == null || token.equals(runToken));
    }
}
