package dev.trainyard.gateway.studies;

import dev.trainyard.search.TrialState;
import java.util.ArrayList;
import java.util.List;

/** A study without a database: its rules decide, and the caller reports the epochs and ends of its trials. */
final class InMemoryStudy {
    private final StudyRules rules;
    private final List<StudyTrial> trials = new ArrayList<>();
    private final List<StudyDecision> decisions = new ArrayList<>();
    private StudyLimits limits;
    private boolean startedAboveLimit;

    InMemoryStudy(StudySpecReader.Request request) {
        this.rules = new StudyRules(request.spec(), List.of());
        this.limits = request.limits();
    }

    StudySpec spec() {
        return rules.spec();
    }

    StudyLimits limits() {
        return limits;
    }

    List<StudyTrial> trials() {
        return trials;
    }

    List<StudyDecision> decisions() {
        return decisions;
    }

    List<StudyTrial> running() {
        return trials.stream().filter(StudyTrial::isRunning).toList();
    }

    /** Returns true if a trial was started while as many ran as may at a time. */
    boolean startedAboveLimit() {
        return startedAboveLimit;
    }

    boolean hasEnded() {
        return !decisions.isEmpty() && decisions.get(decisions.size() - 1) instanceof StudyDecision.End;
    }

    /** Carries out all decisions that are due. */
    void advance() {
        while (!hasEnded()) {
            StudyDecision decision = rules.next(limits, trials);
            if (decision instanceof StudyDecision.Wait) {
                return;
            }
            decisions.add(decision);
            boolean starts = decision instanceof StudyDecision.Suggest || decision instanceof StudyDecision.Promote;
            startedAboveLimit |= starts && running().size() >= limits.parallelTrials();
            apply(decision);
        }
    }

    private void apply(StudyDecision decision) {
        if (decision instanceof StudyDecision.Suggest suggested) {
            trials.add(StudyTrial.running(suggested.trial(), suggested.values(), suggested.source(), suggested.hold()));
        } else if (decision instanceof StudyDecision.Promote promoted) {
            set(trials.get(promoted.trial()).promoted(promoted.hold()));
        } else if (decision instanceof StudyDecision.Prune pruned) {
            set(trials.get(pruned.trial()).ended(TrialState.PRUNED));
        } else {
            trials.replaceAll(trial -> trial.isEnded() ? trial : trial.ended(TrialState.PRUNED));
        }
    }

    /** Reports an epoch of a running trial; after its last one the trial is completed. */
    void epoch(int number, int epoch, double objective) {
        StudyTrial trained = trials.get(number).withEpoch(epoch, objective);
        set(epoch == spec().pruner().maxEpochs() ? trained.ended(TrialState.COMPLETED) : trained);
    }

    void end(int number, TrialState state) {
        set(trials.get(number).ended(state));
    }

    void setLimits(StudyLimits next) {
        limits = next;
    }

    private void set(StudyTrial trial) {
        trials.set(trial.number(), trial);
    }
}
