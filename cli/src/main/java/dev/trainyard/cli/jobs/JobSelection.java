package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.json.Json;
import dev.trainyard.job.JobStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs of an action: keys, or a filter. */
final class JobSelection {
    @Parameters(paramLabel = JobKeys.LABEL, arity = "0..*", description = JobKeys.DESCRIPTION)
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            completionCandidates = JobsCommand.Statuses.class,
            description = "All jobs with this status: ${COMPLETION-CANDIDATES}.")
    private String status;

    @Option(names = "--network", paramLabel = "NAME", description = "All jobs with this network.")
    private String network;

    @Option(names = "--model", paramLabel = "NAME", description = "All jobs that train this model.")
    private String model;

    @Option(names = "--pool", paramLabel = "NAME", description = "All jobs of this pool of trainers.")
    private String pool;

    @Option(names = "--created-after", paramLabel = "TIME", description = "Such as 2026-01-31T08:00:00Z.")
    private String createdAfter;

    @Option(names = "--created-before", paramLabel = "TIME", description = "Such as 2026-02-28T18:30:00Z.")
    private String createdBefore;

    @Option(names = "--all", description = "Every job.")
    private boolean all;

    @Option(names = "--dry-run", description = "Only show which jobs the filter selects, and what would happen.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask for confirmation.")
    private boolean yes;

    List<String> words() {
        return words;
    }

    boolean dryRun() {
        return dryRun;
    }

    boolean confirmed() {
        return yes;
    }

    /** Returns true if jobs are selected by a filter instead of keys. */
    boolean isFilter() throws CommandException {
        boolean filtered = all || filter().size() > 0;
        if (words.isEmpty() && !filtered) {
            throw CommandException.usage(
                    "No job is selected.", "Name keys, or select jobs with --status, --network, --model or --all.");
        }
        if (!words.isEmpty() && (filtered || dryRun)) {
            throw CommandException.usage(
                    "Keys cannot be combined with a filter or --dry-run.",
                    "Use either keys or options such as --status.");
        }
        if (all && filter().size() > 0) {
            throw CommandException.usage("--all cannot be combined with a filter.", "Leave one of them out.");
        }
        return filtered;
    }

    /** Body of a request that runs {@code action} on the selected jobs. */
    ObjectNode body(String action) {
        ObjectNode body = Json.object().put("action", action);
        if (all) {
            body.put("all", true);
        } else {
            body.set("filter", filter());
        }
        return body;
    }

    private ObjectNode filter() {
        ObjectNode filter = Json.object();
        put(filter, "status", status == null ? null : wireName(status));
        put(filter, "network", network);
        put(filter, "model", model);
        put(filter, "pool", pool);
        put(filter, "created_after", createdAfter);
        put(filter, "created_before", createdBefore);
        return filter;
    }

    /** An unknown status is passed on, so that the gateway's error lists the valid ones. */
    private static String wireName(String name) {
        return JobStatus.findByAnyName(name).map(JobStatus::wireName).orElse(name);
    }

    private static void put(ObjectNode filter, String name, @Nullable String value) {
        if (value != null) {
            filter.put(name, value);
        }
    }
}
