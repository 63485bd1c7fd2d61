package dev.trainyard.gateway.studies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.search.TrialState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Studies that an earlier release stored can still be read, and go on and replay with the same decisions. If a rule has
 * to change, the decisions of stored studies must stay, so that the new rule needs a name or an argument of its own.
 */
class StoredStudiesTest {
    private static final Path EXPECTED = Path.of("src/test/resources/studies");
    private static final Path COMPUTED = Path.of("target/studies");

    /** @param name of a request and of the decisions that the first release with studies made for it */
    @ParameterizedTest
    @ValueSource(strings = {"tpe-asha", "tpe-stop", "random-hyperband", "grid-median", "cma_es-none"})
    void theDecisionsAreThoseOfTheFirstRelease(String name) throws IOException {
        StudySpecReader.Request request =
                StudyRow.request(StudyJson.tree(Files.readString(EXPECTED.resolve(name + ".json"))));
        List<String> decisions = decisions(request);
        Files.createDirectories(COMPUTED);
        Files.write(COMPUTED.resolve(name + ".txt"), decisions);
        assertThat(decisions).containsExactlyElementsOf(Files.readAllLines(EXPECTED.resolve(name + ".txt")));
    }

    /** One trial after the other trains for an epoch, that with the fewest epochs first. */
    private static List<String> decisions(StudySpecReader.Request request) {
        StudyRules rules = new StudyRules(request.spec(), List.of());
        List<StudyTrial> trials = new ArrayList<>();
        List<String> decisions = new ArrayList<>();
        while (true) {
            StudyDecision decision = rules.next(request.limits(), trials);
            if (!(decision instanceof StudyDecision.Wait)) {
                decisions.add(decision.toString());
            }
            if (decision instanceof StudyDecision.Suggest suggested) {
                trials.add(StudyTrial.running(
                        suggested.trial(), suggested.values(), suggested.source(), suggested.hold()));
            } else if (decision instanceof StudyDecision.Promote promoted) {
                trials.set(promoted.trial(), trials.get(promoted.trial()).promoted(promoted.hold()));
            } else if (decision instanceof StudyDecision.Prune pruned) {
                trials.set(pruned.trial(), trials.get(pruned.trial()).ended(TrialState.PRUNED));
            } else if (decision instanceof StudyDecision.End) {
                return decisions;
            } else {
                train(request.spec(), trials);
            }
        }
    }

    private static void train(StudySpec spec, List<StudyTrial> trials) {
        Optional<StudyTrial> next = trials.stream()
                .filter(StudyTrial::isRunning)
                .min(Comparator.comparingInt((StudyTrial trial) -> trial.trial().lastEpoch())
                        .thenComparingInt(StudyTrial::number));
        StudyTrial trial = next.orElseThrow();
        int epoch = trial.trial().lastEpoch() + 1;
        double rate = trial.trial().values().get("/train_args/learning_rate").doubleValue();
        double accuracy = 1 - 0.1 * Math.abs(StrictMath.log10(rate) + 2) - 0.1 / epoch;
        StudyTrial trained = trial.withEpoch(epoch, accuracy);
        trials.set(trial.number(), epoch == spec.pruner().maxEpochs() ? trained.ended(TrialState.COMPLETED) : trained);
    }
}
