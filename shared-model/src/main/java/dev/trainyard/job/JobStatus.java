package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** What a client sees of a {@link JobState}: its name in the API, and the label that the web page and the command line show. */
public enum JobStatus {
    QUEUED("queued", "queued"),
    RUNNING("training_in_progress", "training"),
    PAUSED("paused", "paused"),
    SUCCEEDED("success", "succeeded"),
    FAILED("failed", "failed"),
    CANCELLED("cancelled", "cancelled");

    private final String wireName;
    private final String label;

    JobStatus(String wireName, String label) {
        this.wireName = wireName;
        this.label = label;
    }

    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** The word for people. */
    public String label() {
        return label;
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

    /** By its name in the API or its label. */
    public static Optional<JobStatus> findByAnyName(String name) {
        return Arrays.stream(values())
                .filter(status -> status.wireName.equals(name) || status.label.equals(name))
                .findFirst();
    }

    @JsonCreator
    static JobStatus of(String wireName) {
        return find(wireName).orElseThrow(() -> new IllegalArgumentException("unknown job status: " + wireName));
    }
}
