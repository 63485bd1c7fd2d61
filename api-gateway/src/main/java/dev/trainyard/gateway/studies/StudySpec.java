package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.search.Direction;
import dev.trainyard.search.Order;
import dev.trainyard.search.Pruner;
import dev.trainyard.search.Samplers;
import dev.trainyard.search.SearchSpace;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a study searches, which never changes.
 *
 * @param base configuration into which the values of a trial are put
 * @param order results that decisions use
 * @param enqueue configurations of the first trials
 * @param warmStart studies from whose trials the sampler learns
 */
record StudySpec(
        String name,
        ObjectNode base,
        ObjectiveMetric metric,
        Direction direction,
        SearchSpace space,
        Samplers.Choice sampler,
        Pruner pruner,
        Order order,
        List<SortedMap<String, JsonNode>> enqueue,
        List<UUID> warmStart,
        Publishing publish) {

    /** Returns {@code epoch} if a trial waits after it; null if it runs to its end. */
    @Nullable
    Integer hold(int epoch) {
        return epoch >= pruner.maxEpochs() ? null : (Integer) epoch;
    }
}
