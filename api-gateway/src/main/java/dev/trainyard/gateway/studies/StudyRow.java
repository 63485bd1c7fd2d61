package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import dev.trainyard.validation.Violation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Fields of a study that determine what it does next, read under its lock.
 *
 * @param firstLimits limits of the request, before any was raised
 * @param overdue true if its time has passed, by the clock of the database
 */
record StudyRow(
        UUID id,
        String project,
        StudyStatus status,
        StudyRules rules,
        StudyLimits firstLimits,
        StudyLimits limits,
        boolean overdue,
        boolean publishing) {
    private static final TypeReference<List<WarmTrial>> WARM = new TypeReference<>() {};

    StudySpec spec() {
        return rules.spec();
    }

    /** A trial of another study, as it was when this study began. */
    record WarmTrial(SortedMap<String, JsonNode> values, JsonNode curve, TrialState state) {}

    /** Locks the study until the end of the transaction. Its lock comes before those of its jobs. */
    static Optional<StudyRow> lock(Handle handle, UUID id) {
        return read(handle, id, " for update");
    }

    /** Reads a study without a lock. */
    static Optional<StudyRow> find(Handle handle, UUID id) {
        return read(handle, id, "");
    }

    private static Optional<StudyRow> read(Handle handle, UUID id, String lock) {
        return handle.createQuery("select *, deadline <= clock_timestamp() as overdue from study where id = :id" + lock)
                .bind("id", id)
                .map((rs, context) -> read(rs))
                .findOne();
    }

    private static StudyRow read(ResultSet rs) throws SQLException {
        StudySpecReader.Request request = request(StudyJson.tree(rs.getString("spec")));
        return new StudyRow(
                rs.getObject("id", UUID.class),
                rs.getString("project"),
                StudyStatus.of(rs.getString("status")),
                new StudyRules(request.spec(), warm(rs.getString("warm_trials"))),
                request.limits(),
                StudyJson.read(rs.getString("limits"), StudyLimits.class),
                rs.getBoolean("overdue"),
                rs.getBoolean("publishing"));
    }

    /** Reads the stored request of a study. */
    static StudySpecReader.Request request(JsonNode stored) {
        List<Violation> violations = new ArrayList<>();
        return StudySpecReader.read(stored, violations)
                .orElseThrow(() -> new IllegalStateException("a stored study is not valid: " + violations));
    }

    /** Numbered below 0, so that they are not mistaken for trials of this study. */
    static List<Trial> warm(String stored) {
        List<Trial> trials = new ArrayList<>();
        for (WarmTrial trial : StudyJson.read(stored, WARM)) {
            SortedMap<Integer, Double> curve = StudyJson.curve(trial.curve());
            Double value = trial.state() == TrialState.COMPLETED ? curve.get(curve.lastKey()) : null;
            trials.add(new Trial(-1 - trials.size(), trial.state(), trial.values(), curve, value));
        }
        return trials;
    }
}
