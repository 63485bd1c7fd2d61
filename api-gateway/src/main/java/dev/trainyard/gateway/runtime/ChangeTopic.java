package dev.trainyard.gateway.runtime;

import java.util.Arrays;
import java.util.Optional;

/** Kinds of changes that gateways tell each other about. */
public enum ChangeTopic {
    /** Jobs, their events or their progress. */
    JOBS("jobs"),
    /** Versions, aliases or routes of models; sent by a trigger. */
    MODELS("models"),
    /** Jobs that wait for others, and ends of those; sent by a trigger. */
    DEPENDENCIES("dependencies"),
    /** Ends of asynchronous predictions. */
    PREDICTIONS("predictions"),
    /** Access tokens. */
    TOKENS("tokens"),
    /** Projects: their names, weights and quotas. */
    PROJECTS("projects"),
    /** Ended sessions of the web page. */
    SESSIONS("sessions"),
    /** The leader has released its lease. */
    LEADER("leader");

    private final String wireName;

    ChangeTopic(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    /** Empty for a topic of a later release. */
    static Optional<ChangeTopic> find(String wireName) {
        return Arrays.stream(values())
                .filter(topic -> topic.wireName.equals(wireName))
                .findFirst();
    }
}
