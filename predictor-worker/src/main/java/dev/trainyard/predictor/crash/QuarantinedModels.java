package dev.trainyard.predictor.crash;

import dev.trainyard.message.ModelQuarantine;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Model files that are not loaded or run, by SHA-256. For any threads. */
public final class QuarantinedModels {
    private final Clock clock;
    private final Map<String, ModelQuarantine> files = new ConcurrentHashMap<>();
    /** Known to this machine only; they end by themselves. */
    private final Map<String, ModelQuarantine> local = new ConcurrentHashMap<>();

    private volatile Consumer<String> listener = sha256 -> {};

    public QuarantinedModels(Clock clock) {
        this.clock = clock;
    }

    /** @param listener is called with the SHA-256 of each file that comes or is released */
    public void onChange(Consumer<String> listener) {
        this.listener = listener;
    }

    public Optional<ModelQuarantine> find(String sha256) {
        ModelQuarantine found = files.get(sha256);
        return Optional.ofNullable(found == null && isLocal(sha256) ? local.get(sha256) : found);
    }

    /** Whether the file is in quarantine on this machine only. */
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

    /** For this machine only, and for {@link LocalQuarantineStore#LENGTH}. */
    public void addLocal(ModelQuarantine quarantine) {
        local.put(quarantine.sha256(), quarantine);
        listener.accept(quarantine.sha256());
    }

    /** @param at when it was released, which does not touch a local quarantine that came later */
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
