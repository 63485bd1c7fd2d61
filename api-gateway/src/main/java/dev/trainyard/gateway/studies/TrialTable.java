package dev.trainyard.gateway.studies;

import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** SQL of trials. */
final class TrialTable {
    private TrialTable() {}

    /** The trial of a job. */
    record Place(UUID study, int number, boolean ended) {}

    static Optional<Place> ofJob(Handle handle, UUID job) {
        return handle.createQuery("select study, number, ended_at is not null from trial where job_key = :job")
                .bind("job", job)
                .map((rs, context) -> new Place(rs.getObject(1, UUID.class), rs.getInt(2), rs.getBoolean(3)))
                .findOne();
    }

    /** Returns all trials of a study by number; the list can be changed. */
    static List<StudyTrial> read(Handle handle, UUID study) {
        return new ArrayList<>(handle.createQuery("""
                        select number, state, source, param_values, curve, value, hold from trial
                        where study = :study order by number
                        """)
                .bind("study", study)
                .map((rs, context) -> trial(rs))
                .list());
    }

    static StudyTrial trial(ResultSet rs) throws SQLException {
        return new StudyTrial(
                new Trial(
                        rs.getInt("number"),
                        TrialState.valueOf(rs.getString("state").toUpperCase(Locale.ROOT)),
                        StudyJson.values(rs.getString("param_values")),
                        StudyJson.curve(rs.getString("curve")),
                        rs.getObject("value", Double.class)),
                TrialSource.of(rs.getString("source")),
                rs.getObject("hold", Integer.class));
    }

    static String wireName(TrialState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** @param job null if the configuration was refused */
    static void insert(Handle handle, UUID study, StudyTrial trial, @Nullable UUID job) {
        handle.createUpdate("""
                        insert into trial (study, number, job_key, source, state, param_values, hold)
                        values (:study, :number, :job, :source, :state, cast(:values as json), :hold)
                        """)
                .bind("study", study)
                .bind("number", trial.number())
                .bind("job", job)
                .bind("source", trial.source().wireName())
                .bind("state", wireName(trial.trial().state()))
                .bind("values", StudyJson.write(trial.trial().values()))
                .bind("hold", trial.hold())
                .execute();
    }

    static void update(Handle handle, UUID study, StudyTrial trial, @Nullable String detail) {
        handle.createUpdate("""
                        update trial set state = :state, curve = cast(:curve as json), value = :value, hold = :hold,
                            detail = :detail, ended_at = case when :ended then coalesce(ended_at, now()) end
                        where study = :study and number = :number
                        """)
                .bind("study", study)
                .bind("number", trial.number())
                .bind("state", wireName(trial.trial().state()))
                .bind("curve", StudyJson.write(StudyJson.curve(trial.trial().curve())))
                .bind("value", trial.trial().value())
                .bind("hold", trial.hold())
                .bind("detail", detail)
                .bind("ended", trial.isEnded())
                .execute();
    }

    static Optional<UUID> job(Handle handle, UUID study, int number) {
        return handle.createQuery(
                        "select job_key from trial where study = :study and number = :number and job_key is not null")
                .bind("study", study)
                .bind("number", number)
                .mapTo(UUID.class)
                .findOne();
    }

    /** Jobs of running trials. */
    static List<UUID> runningJobs(Handle handle, UUID study) {
        return handle.createQuery(
                        "select job_key from trial where study = :study and state = 'running' order by number")
                .bind("study", study)
                .mapTo(UUID.class)
                .list();
    }

    static void suspend(Handle handle, UUID job, boolean suspended) {
        handle.createUpdate("update trial set suspended = :suspended where job_key = :job")
                .bind("suspended", suspended)
                .bind("job", job)
                .execute();
    }

    static List<UUID> suspendedJobs(Handle handle, UUID study) {
        return handle.createQuery("select job_key from trial where study = :study and suspended order by number")
                .bind("study", study)
                .mapTo(UUID.class)
                .list();
    }
}
