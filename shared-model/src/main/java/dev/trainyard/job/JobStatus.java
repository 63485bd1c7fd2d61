package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** Status of a job as seen by clients: its name in the API and the label on the web page and command line. */
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

    /** Label for display. */
    public String label() {
        return label;
    }

    /** Returns true if a job in this status has ended. */
    public boolean isTerminal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    public static Optional<JobStatus> find(String wireName) {
        return Arrays.stream(values())
                .filter(status -> status.wireName.equals(wireName))
                .findFirst();
    }

    /** Finds a status by its API name or its label. */
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
