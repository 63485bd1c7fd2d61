package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.jobs.BulkActionResult.Item;
import dev.trainyard.gateway.jobs.BulkActionResult.Outcome;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.JobStatus;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Runs an action on many jobs, each in its own transaction, so that one refused job does not stop the others. */
@Singleton
final class BulkJobActions {
    private final Jdbi jdbi;
    private final JobActions actions;
    private final JobQueries queries;
    private final DiskSpace disk;
    private final JobsChanged jobsChanged;

    BulkJobActions(
            @Identifier(Transactions.EDGE) Jdbi jdbi,
            JobActions actions,
            JobQueries queries,
            DiskSpace disk,
            JobsChanged jobsChanged) {
        this.queries = queries;
        this.jdbi = jdbi;
        this.actions = actions;
        this.disk = disk;
        this.jobsChanged = jobsChanged;
    }

    /** Selected jobs, the oldest first; {@code matched} counts those over the limit too. */
    private record Selected(List<UUID> keys, long matched) {}

    BulkActionResult run(BulkActionRequest.Valid request) {
        JobAction action = request.action();
        Selected selected = request.selection() instanceof BulkActionRequest.ByKeys named
                ? new Selected(named.keys(), named.keys().size())
                : select(action, (BulkActionRequest.ByFilter) request.selection());
        Set<UUID> existing = queries.existing(request.project(), selected.keys());
        List<Item> items = new ArrayList<>();
        try {
            selected.keys()
                    .forEach(key ->
                            items.add(existing.contains(key) ? item(action, key, request.dryRun()) : unknown(key)));
        } finally {
            if (!request.dryRun()) {
                jobsChanged.run(); // also if the database fails between two jobs
            }
        }
        return BulkActionResult.of(action, request.dryRun(), selected.matched(), items);
    }

    /** Without a status in the filter only jobs are selected that the action changes. */
    private Selected select(JobAction action, BulkActionRequest.ByFilter by) {
        record Row(UUID key, long matched) {}
        List<JobStatus> statuses = by.filter().status() == null
                ? action.changes()
                : List.of(by.filter().status());
        List<Row> rows = jdbi.withHandle(
                handle -> handle.createQuery("""
                        select key, count(*) over () as matched from job
                        where %s and status = any(:statuses) order by number limit :limit
                        """.formatted(by.filter().condition()))
                        .bindMap(by.filter().values())
                        .bindArray(
                                "statuses",
                                String.class,
                                statuses.stream().map(JobStatus::wireName).toList())
                        .bind("limit", by.limit())
                        .map((rs, context) -> new Row(rs.getObject("key", UUID.class), rs.getLong("matched")))
                        .list());
        return new Selected(
                rows.stream().map(Row::key).toList(),
                rows.isEmpty() ? 0 : rows.get(0).matched());
    }

    private Item item(JobAction action, UUID key, boolean dryRun) {
        try {
            Optional<JobActions.Effect> effect = dryRun
                    ? actions.preview(action, key, disk::require)
                    : actions.performQuietly(action, key, disk::require);
            return effect.map(found -> item(key, found)).orElseGet(() -> unknown(key));
        } catch (ProblemException e) {
            return refused(key, null, e); // such as too little disk space, or a quota
        }
    }

    private static Item unknown(UUID key) {
        return refused(key, null, TrainResource.unknown(key.toString()));
    }

    private static Item item(UUID key, JobActions.Effect effect) {
        if (effect instanceof JobActions.Changed changed) {
            return new Item(key, Outcome.CHANGED, changed.to(), null);
        }
        if (effect instanceof JobActions.Unchanged unchanged) {
            return new Item(key, Outcome.UNCHANGED, unchanged.status(), null);
        }
        JobActions.Refused refused = ((JobActions.NotAllowed) effect).refused();
        return refused(key, refused.status(), new ProblemException(ProblemType.CONFLICT, refused.sentence()));
    }

    private static Item refused(UUID key, @Nullable JobStatus status, ProblemException why) {
        return new Item(key, Outcome.REFUSED, status, Problem.of(why, "/api/v1/train/" + key));
    }
}
