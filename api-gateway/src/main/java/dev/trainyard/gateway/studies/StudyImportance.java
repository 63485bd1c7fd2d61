package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.search.Importance;
import dev.trainyard.search.Trial;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Computes how much each parameter of a study matters. */
@Singleton
final class StudyImportance {
    private final Jdbi jdbi;

    StudyImportance(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Shares of the variance that parameters explain by themselves; those with conditions are left out.
     *
     * @param measure fanova: functional ANOVA on a random forest
     * @param epoch whose results are explained, of all trials that have them; null for those of completed trials
     * @param trials number of trials
     */
    @Schema(name = "StudyImportance")
    record View(String measure, @Nullable Integer epoch, int trials, List<Share> parameters) {}

    /** @param parameter JSON pointer into the configuration */
    @Schema(name = "StudyParameterShare")
    record Share(String parameter, double share) {}

    /**
     * Uses the results of the first rung, which all trials reach, or the final ones if trials do not wait.
     *
     * @throws ProblemException 409 if there are too few results
     */
    View of(UUID id) {
        record Loaded(StudySpec spec, List<Trial> trials) {}
        Loaded study = jdbi.inTransaction(handle -> new Loaded(
                StudyRow.find(handle, id)
                        .orElseThrow(() -> StudyQueries.unknown(id.toString()))
                        .spec(),
                TrialTable.read(handle, id).stream().map(StudyTrial::trial).toList()));
        Integer epoch = study.spec().hold(study.spec().pruner().firstHold(0));
        Importance importance = Importance.of(
                        study.spec().space(),
                        study.trials(),
                        epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch),
                        study.spec().sampler().seed())
                .orElseThrow(() -> new ProblemException(
                        ProblemType.CONFLICT,
                        "Too few trials of the study have results that differ; the importance needs at least 4."));
        return new View(
                "fanova",
                epoch,
                importance.trials(),
                importance.shares().entrySet().stream()
                        .map(share -> new Share(share.getKey(), share.getValue()))
                        .sorted(Comparator.comparingDouble(Share::share).reversed())
                        .toList());
    }
}
