package dev.trainyard.gateway.runtime;

import java.util.Arrays;
import java.util.Optional;

/** Kinds of changes that gateways tell each other about. */
public enum ChangeTopic {
    /** Jobs, their events or their progress. */
    JOBS("jobs"),
    /** Versions, aliases or routes of models; sent by a trigger. */
    MODELS("models"),
    /** Ends of asynchronous predictions. */
    PREDICTIONS("predictions"),
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
