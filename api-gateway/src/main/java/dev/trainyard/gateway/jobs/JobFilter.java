package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.SqlFilter;
import dev.trainyard.job.JobStatus;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Filter of a list of jobs; null fields match all jobs. Each field has an index (V10).
 *
 * @param model name of the model in the configuration
 * @param modelVersion version number that the job published, of any model
 * @param keys range of keys
 * @param pool of trainers that may run the job
 * @param createdAfter earliest time of submission, inclusive
 * @param createdBefore latest time of submission, exclusive
 * @param project null only for the gateway itself: a client sees the jobs of its project
 * @param trials which jobs of studies match; null for all
 */
public record JobFilter(
        @Nullable JobStatus status,
        @Nullable String network,
        @Nullable String model,
        @Nullable Integer modelVersion,
        @Nullable KeyRange keys,
        @Nullable String pool,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore,
        @Nullable String project,
        @Nullable Trials trials) {

    /** A filter that does not distinguish jobs of studies from others. */
    public JobFilter(
            @Nullable JobStatus status,
            @Nullable String network,
            @Nullable String model,
            @Nullable Integer modelVersion,
            @Nullable KeyRange keys,
            @Nullable String pool,
            @Nullable Instant createdAfter,
            @Nullable Instant createdBefore,
            @Nullable String project) {
        this(status, network, model, modelVersion, keys, pool, createdAfter, createdBefore, project, null);
    }

    /** Jobs of one study, or, if it is null, of none. */
    public record Trials(@Nullable UUID study) {}

    public static final JobFilter ALL = new JobFilter(null, null, null, null, null, null, null, null, null);

    /** Keys with a common prefix; both ends are inclusive. */
    public record KeyRange(UUID first, UUID last) {}

    /** Returns the SQL condition. */
    String condition() {
        return sql().condition();
    }

    /** Returns the values of the parameters in {@link #condition()}. */
    Map<String, Object> values() {
        return sql().values();
    }

    private SqlFilter sql() {
        SqlFilter filter = new SqlFilter()
                .add("status = :status", "status", status == null ? null : status.wireName())
                .add("config ->> 'network' = :network", "network", network)
                .add("config ->> 'model' = :model", "model", model)
                .add("model_version = :modelVersion", "modelVersion", modelVersion)
                .add("key between :firstKey and :lastKey", "firstKey", keys == null ? null : keys.first())
                .put("lastKey", keys == null ? null : keys.last())
                .add("pool = :pool", "pool", pool)
                .add("created_at >= :createdAfter", "createdAfter", SqlFilter.time(createdAfter))
                .add("created_at < :createdBefore", "createdBefore", SqlFilter.time(createdBefore))
                .add("project = :project", "project", project)
                .add("study = :study", "study", trials == null ? null : trials.study());
        return trials != null && trials.study() == null ? filter.add("study is null") : filter;
    }
}
