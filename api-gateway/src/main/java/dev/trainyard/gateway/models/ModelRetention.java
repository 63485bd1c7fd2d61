package dev.trainyard.gateway.models;

import dev.trainyard.gateway.runtime.Transactions;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Deletes expired data of models; existing versions stay. Each method does one batch. */
@Singleton
public class ModelRetention {
    private final Transactions transactions;
    private final ModelVersionRepository versions;
    private final AliasMoveRepository moves;
    private final ShadowComparisonRepository comparisons;

    ModelRetention(
            Transactions transactions,
            ModelVersionRepository versions,
            AliasMoveRepository moves,
            ShadowComparisonRepository comparisons) {
        this.transactions = transactions;
        this.versions = versions;
        this.moves = moves;
        this.comparisons = comparisons;
    }

    /** Keeps the newest {@code kept} alias moves of each model, and those that set its current aliases. */
    public int deleteAliasMoves(int kept, int most) {
        int deleted = 0;
        for (String name : transactions.call(() -> moves.namesWithMoreThan(kept))) {
            deleted += transactions.call(() -> {
                versions.lock(name);
                return moves.deleteOld(name, kept, most);
            });
        }
        return deleted;
    }

    /** Deletes comparisons with shadows that have not been updated for {@code age}. */
    public int deleteComparisons(Duration age, int most) {
        return transactions.call(() -> comparisons.deleteOld(age, most));
    }

    /**
     * Deletes the lineage of versions that were deleted longer ago than {@code age} and whose files are gone. The
     * highest version number of each name stays, so that it is not reused. Versions that came with the platform stay,
     * because they would be published again.
     */
    public int deleteDeletedVersions(Duration age, int most) {
        return transactions.call(() -> versions.deleteLineage(age, most));
    }
}
