package dev.trainyard.predictor.crash;

import dev.trainyard.message.ModelQuarantine;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Quarantined model files by SHA-256. They are neither loaded nor run. Thread-safe. */
public final class QuarantinedModels {
    private final Clock clock;
    private final Map<String, ModelQuarantine> files = new ConcurrentHashMap<>();
    /** Local to this machine; they expire. */
    private final Map<String, ModelQuarantine> local = new ConcurrentHashMap<>();

    private volatile Consumer<String> listener = sha256 -> {};

    public QuarantinedModels(Clock clock) {
        this.clock = clock;
    }

    /** @param listener called with the SHA-256 of each file that is added or released */
    public void onChange(Consumer<String> listener) {
        this.listener = listener;
    }

    public Optional<ModelQuarantine> find(String sha256) {
        ModelQuarantine found = files.get(sha256);
        return Optional.ofNullable(found == null && isLocal(sha256) ? local.get(sha256) : found);
    }

    /** Returns true if the file is quarantined on this machine only. */
    public boolean isLocal(String sha256) {
        ModelQuarantine found = local.get(sha256);
        if (found == null || files.containsKey(sha256)) {
            return false;
        }
        if (clock.instant().isBefore(LocalQuarantineStore.until(found))) {
            return true;
        }
        local.remove(sha256, found);
        return false;
    }

    public void add(ModelQuarantine quarantine) {
        files.put(quarantine.sha256(), quarantine);
        listener.accept(quarantine.sha256());
    }

    /** Adds a quarantine for this machine only, for {@link LocalQuarantineStore#LENGTH}. */
    public void addLocal(ModelQuarantine quarantine) {
        local.put(quarantine.sha256(), quarantine);
        listener.accept(quarantine.sha256());
    }

    /** @param at time of the release; later local quarantines stay in force */
    public void release(String sha256, Instant at) {
        boolean released = files.remove(sha256) != null;
        ModelQuarantine here = local.get(sha256);
        if (here != null && here.at().isBefore(at)) {
            released |= local.remove(sha256, here);
        }
        if (released) {
            listener.accept(sha256);
        }
    }

    public int size() {
        return files.size()
                + (int) local.keySet().stream().filter(this::isLocal).count();
    }
}
