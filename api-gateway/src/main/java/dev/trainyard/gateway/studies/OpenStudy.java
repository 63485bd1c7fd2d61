package dev.trainyard.gateway.studies;

import dev.trainyard.search.TrialState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A study that the current transaction has locked, with all its trials. Changes are written at once, except the summary. */
final class OpenStudy {
    private final Handle handle;
    private final StudyRow row;
    private final List<StudyTrial> trials;
    private StudyStatus status;
    private StudyLimits limits;

    private OpenStudy(Handle handle, StudyRow row, List<StudyTrial> trials) {
        this.handle = handle;
        this.row = row;
        this.trials = trials;
        this.status = row.status();
        this.limits = row.limits();
    }

    static Optional<OpenStudy> lock(Handle handle, UUID id) {
        return StudyRow.lock(handle, id).map(row -> new OpenStudy(handle, row, TrialTable.read(handle, id)));
    }

    UUID id() {
        return row.id();
    }

    StudyRow row() {
        return row;
    }

    StudySpec spec() {
        return row.spec();
    }

    StudyStatus status() {
        return status;
    }

    StudyLimits limits() {
        return limits;
    }

    List<StudyTrial> trials() {
        return trials;
    }

    Handle handle() {
        return handle;
    }

    String historySha256() {
        return HistoryDigest.of(trials);
    }

    void log(String type, @Nullable Integer trial, Object data) {
        StudyEvents.add(handle, row.id(), type, trial, data);
    }

    /** Adds a trial, whose number is the next one. */
    void add(StudyTrial trial, @Nullable UUID job) {
        trials.add(trial);
        TrialTable.insert(handle, row.id(), trial, job);
    }

    void update(StudyTrial trial, @Nullable String detail) {
        trials.set(trial.number(), trial);
        TrialTable.update(handle, row.id(), trial, detail);
    }

    /** Stores an epoch of a trial that has not ended; one that was repeated after a damaged checkpoint is not new. */
    void epoch(int number, int epoch, double objective) {
        StudyTrial trial = trials.get(number);
        if (trial.isEnded() || trial.trial().curve().containsKey(epoch)) {
            return;
        }
        log(StudyEvents.EPOCH, number, new StudyEvents.Epoch(epoch, StudyJson.number(objective)));
        update(trial.withEpoch(epoch, objective), null);
    }

    /** Ends a trial for a reason that is no decision of the study. */
    void ended(int number, TrialState state, @Nullable String detail) {
        StudyTrial trial = trials.get(number).ended(state);
        log(StudyEvents.TRIAL, number, StudyEvents.TrialEnded.of(trial, detail));
        update(trial, detail);
    }

    /** Stores a status that is no end. */
    void setStatus(StudyStatus to) {
        status = to;
        log(StudyEvents.STATUS, null, new StudyEvents.StatusChanged(to));
        handle.createUpdate("""
                        update study set status = :status, ended_at = null, end_reason = null, detail = null,
                            publishing = false,
                            active_ms = active_ms + case when active_since is null then 0
                                else cast(extract(epoch from clock_timestamp() - active_since) * 1000 as bigint) end,
                            active_since = case when :running then clock_timestamp() end
                        where id = :id
                        """)
                .bind("status", to.wireName())
                .bind("running", to == StudyStatus.RUNNING)
                .bind("id", row.id())
                .execute();
        setDeadline();
    }

    void setLimits(StudyLimits next) {
        limits = next;
        log(StudyEvents.LIMITS, null, next);
        handle.createUpdate("update study set limits = cast(:limits as json) where id = :id")
                .bind("limits", StudyJson.write(next))
                .bind("id", row.id())
                .execute();
        setDeadline();
    }

    /** Paused studies have no deadline. */
    private void setDeadline() {
        handle.createUpdate("""
                        update study set deadline = active_since
                            + (cast(:seconds as bigint) * 1000 - active_ms) * interval '1 ms' where id = :id
                        """)
                .bind("seconds", limits.maxSeconds())
                .bind("id", row.id())
                .execute();
    }

    void setEnd(StudyDecision.End end, @Nullable String detail, boolean publishing) {
        log(StudyEvents.ENDED, null, new StudyEvents.Ended(end.status(), end.reason(), historySha256()));
        status = end.status();
        handle.createUpdate("""
                        update study set status = :status, end_reason = :reason, detail = :detail, ended_at = now(),
                            publishing = :publishing, deadline = null, retry_at = null,
                            active_ms = active_ms + case when active_since is null then 0
                                else cast(extract(epoch from clock_timestamp() - active_since) * 1000 as bigint) end,
                            active_since = null
                        where id = :id
                        """)
                .bind("status", end.status().wireName())
                .bind("reason", end.reason().wireName())
                .bind("detail", detail)
                .bind("publishing", publishing)
                .bind("id", row.id())
                .execute();
    }

    /** Notes why the next trial could not be submitted; it is tried again soon. Null if nothing holds it up. */
    void setWaiting(@Nullable String reason) {
        handle.createUpdate("""
                        update study set detail = :reason,
                            retry_at = case when cast(:reason as text) is not null
                                then clock_timestamp() + interval '5 s' end
                        where id = :id and (detail is distinct from :reason or retry_at is not null)
                        """).bind("reason", reason).bind("id", row.id()).execute();
    }

    /** Stores the figures for lists; called at the end of each change. */
    void saveSummary() {
        handle.createUpdate("update study set summary = cast(:summary as json), updated_at = now() where id = :id")
                .bind("summary", StudyJson.write(StudySummary.of(spec().direction(), trials)))
                .bind("id", row.id())
                .execute();
    }
}
