package dev.trainyard.message;

import dev.trainyard.device.Accelerator;
import dev.trainyard.job.Pools;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Status of a trainer. The key is its name; it is sent at the start, and periodically while the trainer runs.
 *
 * @param device on which it trains: {@code cpu}, or {@code cuda:} and an index in {@code accelerators}
 * @param accelerators the GPUs that it may use
 * @param pools whose jobs it runs; trainers of the release before run those of the default pool
 * @param problem why it does not train on one of them, as a sentence; null if it does, or has none
 */
public record TrainerStatus(
        int v,
        String trainer,
        String device,
        List<Accelerator> accelerators,
        @Nullable String problem,
        Instant at,
        List<String> pools)
        implements Versioned {

    public TrainerStatus {
        accelerators = accelerators == null ? List.of() : List.copyOf(accelerators);
        pools = pools == null ? List.of(Pools.DEFAULT) : List.copyOf(pools);
    }

    /** @throws MalformedMessageException if the bytes are not a complete record of a known version */
    public static TrainerStatus read(byte[] json) throws MalformedMessageException {
        TrainerStatus status = WireJson.read(json, TrainerStatus.class);
        if (status.trainer() == null || status.device() == null || status.at() == null) {
            throw new MalformedMessageException("TrainerStatus without name, device or time");
        }
        return status;
    }
}
