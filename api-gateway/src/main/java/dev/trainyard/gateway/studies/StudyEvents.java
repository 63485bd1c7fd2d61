package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a study, in order: facts from outside, and the decisions that follow from all facts before them. The
 * names and data of events are part of the API and of stored studies.
 */
final class StudyEvents {
    /** Decisions. */
    static final String SUGGEST = "suggest";

    static final String PROMOTE = "promote";
    static final String PRUNE = "prune";
    static final String ENDED = "ended";
    /** Facts. */
    static final String EPOCH = "epoch";

    static final String TRIAL = "trial";
    static final String STATUS = "status";
    static final String LIMITS = "limits";
    static final String PUBLISHED = "published";

    private StudyEvents() {}

    /** @param historySha256 fingerprint of the trials that the decision saw */
    record Suggested(
            SortedMap<String, JsonNode> values,
            TrialSource source,
            @Nullable Integer hold,
            @Nullable UUID job,
            String historySha256) {}

    record Promoted(@Nullable Integer hold, String historySha256) {}

    record Pruned(String historySha256) {}

    record Ended(StudyStatus status, EndReason reason, String historySha256) {}

    /** @param value null if it is not a number */
    @JsonInclude
    record Epoch(int epoch, @Nullable Double value) {}

    /** The end of a trial for a reason that is no decision. */
    record TrialEnded(
            String state, @Nullable Double value, @Nullable String detail) {
        static TrialEnded of(StudyTrial trial, @Nullable String detail) {
            return new TrialEnded(
                    TrialTable.wireName(trial.trial().state()),
                    StudyJson.number(trial.trial().value()),
                    detail);
        }
    }

    record StatusChanged(StudyStatus to) {}

    record Published(String model, int version) {}

    /** The caller holds the lock of the study, so that ids rise in the order of commits. */
    static void add(Handle handle, UUID study, String type, @Nullable Integer trial, Object data) {
        handle.createUpdate("""
                        with numbered as (update study set last_event_id = last_event_id + 1 where id = :study
                            returning last_event_id)
                        insert into study_event (study, id, type, trial, data)
                        select :study, last_event_id, :type, :trial, cast(:data as json) from numbered
                        """)
                .bind("study", study)
                .bind("type", type)
                .bind("trial", trial)
                .bind("data", StudyJson.write(data))
                .execute();
    }
}
