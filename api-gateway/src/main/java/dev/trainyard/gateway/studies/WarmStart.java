package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Copies the results of earlier studies, so that a replay does not depend on studies that may be deleted. */
final class WarmStart {
    private static final int MAX_TRIALS = 5_000;

    private WarmStart() {}

    /** @throws ProblemException 422 if a study does not exist in the project or has another objective or space */
    static List<StudyRow.WarmTrial> read(Handle handle, String project, StudySpec spec) {
        List<Violation> errors = new ArrayList<>();
        List<StudyRow.WarmTrial> trials = new ArrayList<>();
        Set<Map<String, JsonNode>> known = new HashSet<>();
        for (int i = 0; i < spec.warmStart().size(); i++) {
            Optional<StudyRow> study = find(handle, project, spec.warmStart().get(i));
            if (study.isEmpty()) {
                errors.add(new Violation("/warm_start/" + i, "is not the id of a study of this project"));
            } else if (!isComparable(study.get().spec(), spec)) {
                errors.add(
                        new Violation("/warm_start/" + i, "has another objective or other parameters than this study"));
            } else {
                for (StudyTrial trial : TrialTable.read(handle, study.get().id())) {
                    add(trial.trial(), spec, known, trials);
                }
            }
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return trials.size() > MAX_TRIALS ? trials.subList(0, MAX_TRIALS) : trials;
    }

    private static Optional<StudyRow> find(Handle handle, String project, UUID id) {
        return StudyRow.find(handle, id).filter(study -> study.project().equals(project));
    }

    private static boolean isComparable(StudySpec other, StudySpec spec) {
        return other.metric() == spec.metric()
                && other.direction() == spec.direction()
                && other.space()
                        .parameters()
                        .keySet()
                        .equals(spec.space().parameters().keySet());
    }

    /** Values outside of the new space are of no use to its sampler. */
    private static void add(
            Trial trial, StudySpec spec, Set<Map<String, JsonNode>> known, List<StudyRow.WarmTrial> into) {
        boolean hasResult = trial.state() != TrialState.FAILED && !trial.curve().isEmpty();
        if (hasResult && spec.space().contains(trial.values()) && known.add(trial.values())) {
            TrialState state = trial.state() == TrialState.COMPLETED ? TrialState.COMPLETED : TrialState.PRUNED;
            into.add(new StudyRow.WarmTrial(trial.values(), StudyJson.curve(trial.curve()), state));
        }
    }
}
