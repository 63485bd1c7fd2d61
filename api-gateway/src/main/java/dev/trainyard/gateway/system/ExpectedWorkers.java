package dev.trainyard.gateway.system;

import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The workers that the launcher starts together with this gateway. A worker that was never seen is starting. One that
 * was seen is not listed as starting again, because a trainer briefly disappears between two jobs.
 */
@Singleton
public final class ExpectedWorkers {
    private final Set<String> trainers;
    private final Set<String> predictors;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    @Inject
    ExpectedWorkers(GatewaySettings settings) {
        this(
                settings.expected().trainers().orElse(Set.of()),
                settings.expected().predictors().orElse(Set.of()));
    }

    public ExpectedWorkers(Set<String> trainers, Set<String> predictors) {
        this.trainers = new TreeSet<>(trainers);
        this.predictors = new TreeSet<>(predictors);
    }

    /** @param present all workers that are currently visible */
    List<SystemView.Worker> starting(List<SystemView.Worker> present) {
        present.forEach(worker -> seen.add(worker.name()));
        List<SystemView.Worker> starting = new ArrayList<>();
        add(trainers, SystemView.Worker.TRAINER, starting);
        add(predictors, SystemView.Worker.PREDICTOR, starting);
        return starting;
    }

    private void add(Set<String> expected, String kind, List<SystemView.Worker> starting) {
        expected.stream()
                .filter(name -> !seen.contains(name))
                .map(name -> new SystemView.Worker(name, kind, SystemView.Worker.STARTING, null, null))
                .forEach(starting::add);
    }
}
