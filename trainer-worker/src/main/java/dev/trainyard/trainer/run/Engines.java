package dev.trainyard.trainer.run;

import dev.trainyard.engine.CudaBuild;
import dev.trainyard.engine.EngineCheckpoints;
import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.TrainingDevice;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.EngineChoice;
import dev.trainyard.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The engines of this worker, and the one that trains a network or resumes a checkpoint. */
public final class Engines {
    private final List<TrainingEngine> installed;
    private final List<String> order;

    /** @param order ids of the engines among which the worker may choose, the preferred one first */
    public Engines(List<TrainingEngine> installed, List<String> order) {
        this.installed = List.copyOf(installed);
        this.order = List.copyOf(order);
    }

    /**
     * All engines on the class path.
     *
     * @param threads of each run, for engines that have several
     */
    public static Engines found(List<String> order, int threads) {
        return new Engines(
                ServiceLoader.load(TrainingEngine.class).stream()
                        .map(provider -> provider.get().withThreads(threads))
                        .toList(),
                order);
    }

    public static Engines only(TrainingEngine engine) {
        return new Engines(List.of(engine), List.of(engine.id()));
    }

    /**
     * Returns an engine that is ready.
     *
     * @param id of the engine that must train; null for the first of the order that works
     * @throws EngineUnavailableException if there is none; the message says what to change
     */
    public TrainingEngine choose(@Nullable String id, NetworkSpec spec) {
        if (id != null) {
            return ready(id, spec);
        }
        List<String> problems = new ArrayList<>();
        for (String next : order) {
            try {
                return ready(next, spec);
            } catch (EngineUnavailableException e) {
                problems.add(e.getMessage());
            }
        }
        throw new EngineUnavailableException(String.join(" ", problems));
    }

    /**
     * Returns the engine that wrote the checkpoint, ready; empty if no known engine wrote it.
     *
     * @throws EngineUnavailableException if this worker does not have that engine, or cannot use it
     */
    Optional<TrainingEngine> writerOf(byte[] checkpoint) {
        Optional<TrainingEngine> writer =
                installed.stream().filter(engine -> engine.wrote(checkpoint)).findFirst();
        if (writer.isEmpty()) {
            EngineCheckpoints.writer(checkpoint, EngineChoice.ENGINES).ifPresent(id -> {
                throw new EngineUnavailableException(
                        "The checkpoint was written by the engine %s, which this worker lacks (it has %s). Run the job on a worker with %s, or submit it again."
                                .formatted(id, ids(), id));
            });
        }
        writer.ifPresent(TrainingEngine::requireReady);
        return writer;
    }

    /** CUDA libraries by id of the engine that has them, those of the order first. */
    public Map<String, CudaBuild> cudaBuilds() {
        Map<String, CudaBuild> builds = new LinkedHashMap<>();
        installed.stream()
                .sorted(Comparator.comparingInt(
                        engine -> order.contains(engine.id()) ? order.indexOf(engine.id()) : order.size()))
                .forEach(engine -> engine.cuda().ifPresent(build -> builds.put(engine.id(), build)));
        return builds;
    }

    /** Selects the device of all engines; those that cannot use it train on the processor. */
    public void use(TrainingDevice device, Predicate<String> canUse) {
        installed.forEach(engine -> engine.use(canUse.test(engine.id()) ? device : TrainingDevice.CPU));
    }

    /** Checks that a network can be trained with some engine of the order. */
    public void requireReady() {
        List<String> problems = new ArrayList<>();
        for (String id : order) {
            try {
                installed(id).requireReady();
                return;
            } catch (EngineUnavailableException e) {
                problems.add(e.getMessage());
            }
        }
        throw new EngineUnavailableException(String.join(" ", problems));
    }

    private TrainingEngine ready(String id, NetworkSpec spec) {
        TrainingEngine engine = installed(id);
        if (!engine.supports(spec)) {
            throw new EngineUnavailableException(
                    "The engine %s lacks a layer of this network, or the memory for it; choose another engine, or leave \"engine\" out."
                            .formatted(id));
        }
        engine.requireReady();
        return engine;
    }

    private TrainingEngine installed(String id) {
        return installed.stream()
                .filter(engine -> engine.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new EngineUnavailableException(
                        "The engine %s is not installed on this worker (it has %s); choose another engine, or leave \"engine\" out."
                                .formatted(id, ids())));
    }

    private String ids() {
        return installed.isEmpty()
                ? "none"
                : installed.stream().map(TrainingEngine::id).sorted().collect(Collectors.joining(", "));
    }
}
