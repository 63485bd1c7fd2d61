package dev.trainyard.gateway.jobs;

import dev.trainyard.job.JobStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Filter of a list of jobs; null fields match all jobs. Each field has an index (V10).
 *
 * @param model name of the model in the configuration
 * @param modelVersion version number that the job published, of any model
 * @param keys range of keys
 * @param createdAfter earliest time of submission, inclusive
 * @param createdBefore latest time of submission, exclusive
 */
public record JobFilter(
        @Nullable JobStatus status,
        @Nullable String network,
        @Nullable String model,
        @Nullable Integer modelVersion,
        @Nullable KeyRange keys,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore) {

    public static final JobFilter ALL = new JobFilter(null, null, null, null, null, null, null);

    /** Keys with a common prefix; both ends are inclusive. */
    public record KeyRange(UUID first, UUID last) {}

    /** Returns the SQL condition. It omits null fields, so that PostgreSQL can choose an index. */
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

    private static void add(StringJoiner all, @Nullable Object value, String condition) {
        if (value != null) {
            all.add(condition);
        }
    }

    /** Returns the values of the parameters in {@link #condition()}. */
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

    private static void put(Map<String, Object> values, String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
    }
}
