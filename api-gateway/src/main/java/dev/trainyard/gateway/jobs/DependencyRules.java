package dev.trainyard.gateway.jobs;

import dev.trainyard.job.JobStatus;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides what the states of its dependencies mean for a waiting job. */
final class DependencyRules {
    private DependencyRules() {}

    /**
     * A job that another one waits for.
     *
     * @param status null if the job was deleted
     */
    record Dependency(UUID key, @Nullable JobStatus status) {
        /** Returns true if it has ended without success, so that its dependants cannot start. */
        boolean isBroken() {
            return status != JobStatus.SUCCEEDED && (status == null || status.isTerminal());
        }

        /** What happened to it and what to do, as the end of a sentence. */
        String problem() {
            if (status == JobStatus.FAILED) {
                return "job %s, which has failed; retry that job first".formatted(key);
            }
            return "job %s, which was %s; submit this training again without it"
                    .formatted(key, status == null ? "deleted" : "cancelled");
        }
    }

    sealed interface Decision {}

    record Wait() implements Decision {}

    /** All dependencies have succeeded. */
    record Start() implements Decision {}

    /** The job can never start, because of {@code dependency}. */
    record End(Dependency dependency) implements Decision {
        /** A cancelled dependency cancels; everything else is a failure that can be retried. */
        boolean cancels() {
            return dependency.status() == JobStatus.CANCELLED;
        }
    }

    /** @param dependencies in the order of the request, without those of which the success is noted */
    static Decision decide(List<Dependency> dependencies) {
        for (Dependency dependency : dependencies) {
            if (dependency.isBroken()) {
                return new End(dependency);
            }
        }
        return dependencies.stream().allMatch(dependency -> dependency.status() == JobStatus.SUCCEEDED)
                ? new Start()
                : new Wait();
    }
}
