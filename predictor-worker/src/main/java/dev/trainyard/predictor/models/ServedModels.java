package dev.trainyard.predictor.models;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The models that requests are answered with, one version for each name; swapped whole while batches run. */
public final class ServedModels implements AutoCloseable {
    private volatile Map<String, LoadedModel> byName = Map.of();

    /** The model to answer with; the caller must {@link LoadedModel#release} it. */
    public Optional<LoadedModel> acquire(String name) {
        while (true) {
            LoadedModel model = byName.get(name);
            if (model == null) {
                return Optional.empty();
            }
            if (model.use()) {
                return Optional.of(model);
            }
            // It was swapped and closed between the two calls: its successor is in the map by now.
        }
    }

    /** The version that is served, 0 for none. */
    public int version(String name) {
        LoadedModel model = byName.get(name);
        return model == null ? 0 : model.version();
    }

    /** From now on {@code model} answers; the one before it ends with its last batch. */
    public synchronized void serve(LoadedModel model) {
        Map<String, LoadedModel> next = new HashMap<>(byName);
        LoadedModel before = next.put(model.name(), model);
        byName = Map.copyOf(next);
        if (before != null) {
            before.retire();
        }
    }

    public synchronized void remove(String name) {
        Map<String, LoadedModel> next = new HashMap<>(byName);
        LoadedModel before = next.remove(name);
        byName = Map.copyOf(next);
        if (before != null) {
            before.retire();
        }
    }

    @Override
    public synchronized void close() {
        Map<String, LoadedModel> last = byName;
        byName = Map.of();
        last.values().forEach(LoadedModel::retire);
    }
}
