package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** What a client sees of a {@link JobState}, under its name on the wire. */
public enum JobStatus {
    QUEUED("queued"),
    RUNNING("training_in_progress"),
    PAUSED("paused"),
    SUCCEEDED("success"),
    FAILED("failed"),
    CANCELLED("cancelled");

    private final String wireName;

    JobStatus(String wireName) {
        this.wireName = wireName;
    }

    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** Whether a job in this status has ended. */
    public boolean isTerminal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    public static Optional<JobStatus> find(String wireName) {
        return Arrays.stream(values())
                .filter(status -> status.wireName.equals(wireName))
                .findFirst();
    }

    @JsonCreator
    static JobStatus of(String wireName) {
        return find(wireName).orElseThrow(() -> new IllegalArgumentException("unknown job status: " + wireName));
    }
}
