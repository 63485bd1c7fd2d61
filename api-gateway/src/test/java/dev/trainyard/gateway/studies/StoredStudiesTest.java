package dev.trainyard.gateway.studies;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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

    /** The running trial with the fewest epochs trains next. */
    private static List<String> decisions(StudySpecReader.Request request) {
        InMemoryStudy study = new InMemoryStudy(request);
        study.advance();
        while (!study.hasEnded()) {
            StudyTrial trial = study.running().stream()
                    .min(Comparator.comparingInt(
                                    (StudyTrial each) -> each.trial().lastEpoch())
                            .thenComparingInt(StudyTrial::number))
                    .orElseThrow();
            int epoch = trial.trial().lastEpoch() + 1;
            double rate =
                    trial.trial().values().get("/train_args/learning_rate").doubleValue();
            study.epoch(trial.number(), epoch, 1 - 0.1 * Math.abs(StrictMath.log10(rate) + 2) - 0.1 / epoch);
            study.advance();
        }
        return study.decisions().stream().map(StudyDecision::toString).toList();
    }
}
