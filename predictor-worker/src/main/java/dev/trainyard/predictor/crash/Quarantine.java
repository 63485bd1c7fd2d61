package dev.trainyard.predictor.crash;

import dev.trainyard.message.ModelQuarantine;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Model files that must not be loaded or run, by SHA-256. Thread-safe. */
public final class Quarantine {
    private final Map<String, ModelQuarantine> files = new ConcurrentHashMap<>();
    private volatile Consumer<String> listener = sha256 -> {};

    /** @param listener called with the SHA-256 of each file that is added or removed */
    public void onChange(Consumer<String> listener) {
        this.listener = listener;
    }

    public Optional<ModelQuarantine> find(String sha256) {
        return Optional.ofNullable(files.get(sha256));
    }

    public void add(ModelQuarantine quarantine) {
        files.put(quarantine.sha256(), quarantine);
        listener.accept(quarantine.sha256());
    }

    public void release(String sha256) {
        if (files.remove(sha256) != null) {
            listener.accept(sha256);
        }
    }

    public int size() {
        return files.size();
    }
}
