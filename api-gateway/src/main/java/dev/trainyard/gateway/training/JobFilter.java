package dev.trainyard.gateway.training;

import dev.trainyard.job.JobStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * Which jobs are wanted; what is null does not matter. Each has an index (V10).
 *
 * @param model that the job trains, by its name in the configuration
 * @param modelVersion that the job published, of whichever model
 * @param keys keys that the job's is one of
 * @param createdAfter the earliest that it was submitted
 * @param createdBefore it was submitted earlier
 */
public record JobFilter(
        JobStatus status,
        String network,
        String model,
        Integer modelVersion,
        KeyRange keys,
        Instant createdAfter,
        Instant createdBefore) {

    public static final JobFilter ALL = new JobFilter(null, null, null, null, null, null, null);

    /** Keys that begin alike, both ends included. */
    public record KeyRange(UUID first, UUID last) {}

    /** For a {@code where}: only what is wanted, so that PostgreSQL sees which index helps. */
    String condition() {
        StringJoiner all = new StringJoiner(" and ", "(", ")").setEmptyValue("true");
        add(all, status, "status = :status");
        add(all, network, "config ->> 'network' = :network");
        add(all, model, "config ->> 'model' = :model");
        add(all, modelVersion, "model_version = :modelVersion");
        add(all, keys, "key between :firstKey and :lastKey");
        add(all, createdAfter, "created_at >= :createdAfter");
        add(all, createdBefore, "created_at < :createdBefore");
        return all.toString();
    }

    private static void add(StringJoiner all, Object wanted, String condition) {
        if (wanted != null) {
            all.add(condition);
        }
    }

    /** What the names in {@link #condition()} stand for. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        put(values, "status", status == null ? null : status.wireName());
        put(values, "network", network);
        put(values, "model", model);
        put(values, "modelVersion", modelVersion);
        put(values, "firstKey", keys == null ? null : keys.first());
        put(values, "lastKey", keys == null ? null : keys.last());
        put(values, "createdAfter", createdAfter == null ? null : createdAfter.atOffset(ZoneOffset.UTC));
        put(values, "createdBefore", createdBefore == null ? null : createdBefore.atOffset(ZoneOffset.UTC));
        return values;
    }

    private static void put(Map<String, Object> values, String name, Object value) {
        if (value != null) {
            values.put(name, value);
        }
    }
}
