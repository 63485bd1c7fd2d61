package dev.trainyard.gateway.projects;

import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Refuses jobs over the quotas of their project. The project's row is locked to the end of the transaction, so that
 * concurrent submissions cannot exceed a quota together. Projects without quotas are not locked.
 */
public final class JobQuotas {
    /** When to try again where the end of a shortage is not known. */
    private static final Duration UNKNOWN = Duration.ofSeconds(10);

    private JobQuotas() {}

    /**
     * Checks a new job.
     *
     * @param mayBeSmaller whether the client chooses the epochs, so that a job that never fits is an invalid one
     * @throws ProblemException 429 with the name of the quota and when it frees; 404 if the project was deleted
     */
    public static void requireSubmit(Handle handle, String project, int epochs, boolean mayBeSmaller) {
        Optional<ProjectQuotas> limits = lock(handle, project);
        if (limits.isPresent()) {
            requireQueue(handle, project, limits.get());
            requireEpochs(handle, project, limits.get(), epochs, mayBeSmaller);
            requireBytes(handle, project, limits.get());
        }
    }

    /** As {@link #requireSubmit}, for a job that is queued again: it counts as a queued one only. */
    public static void requireRequeue(Handle handle, String project) {
        lock(handle, project).ifPresent(limits -> requireQueue(handle, project, limits));
    }

    /** Empty if the project has no quotas for jobs. */
    private static Optional<ProjectQuotas> lock(Handle handle, String project) {
        // the lock of a foreign key, so that the project is not deleted meanwhile; default never is
        String lock = project.equals(ProjectName.DEFAULT) ? "" : "for key share";
        ProjectQuotas quotas = ProjectUsage.project(handle, project, lock).quotas();
        return quotas.limitsJobs()
                ? Optional.of(ProjectUsage.project(handle, project, "for no key update")
                        .quotas())
                : Optional.empty();
    }

    private static void requireQueue(Handle handle, String project, ProjectQuotas limits) {
        Integer most = limits.maxQueued();
        long queued = most == null ? 0 : ProjectUsage.queued(handle, project);
        if (most != null && queued >= most) {
            throw exceeded(
                    "max_queued",
                    project,
                    "%,d jobs are queued, and %,d may be. It frees when one of them starts or is cancelled"
                            .formatted(queued, most),
                    UNKNOWN);
        }
    }

    private static void requireEpochs(
            Handle handle, String project, ProjectQuotas limits, int epochs, boolean mayBeSmaller) {
        Integer most = limits.epochsPerDay();
        if (most == null) {
            return;
        }
        if (epochs > most && !mayBeSmaller) {
            throw exceeded(
                    "epochs_per_day",
                    project,
                    "the job has %,d epochs, and %,d may be submitted within 24 hours. Ask an administrator of all projects to raise it"
                            .formatted(epochs, most),
                    Duration.ofDays(1));
        }
        if (epochs > most) {
            throw ProblemException.invalid(List.of(new Violation(
                    "/train_args/epochs",
                    "is more than the quota epochs_per_day of project %s, which is %,d".formatted(project, most))));
        }
        long used = ProjectUsage.epochs(handle, project);
        if (used + epochs > most) {
            Duration free = ProjectUsage.untilEpochsFree(handle, project, used + epochs - most);
            throw exceeded(
                    "epochs_per_day",
                    project,
                    "jobs with %,d epochs were submitted within 24 hours, and %,d may be. It frees for %,d epochs in %s"
                            .formatted(used, most, epochs, text(free)),
                    free);
        }
    }

    private static void requireBytes(Handle handle, String project, ProjectQuotas limits) {
        Long most = limits.storedBytes();
        long stored = most == null ? 0 : ProjectUsage.storedBytes(handle, project);
        if (most != null && stored >= most) {
            throw exceeded(
                    "stored_bytes",
                    project,
                    "its files have %,d bytes, and %,d may be. It frees when versions are deleted and when jobs end"
                            .formatted(stored, most),
                    UNKNOWN);
        }
    }

    static ProblemException exceeded(String quota, String project, String detail, Duration retryAfter) {
        return new ProblemException(
                ProblemType.TOO_MANY_REQUESTS,
                "The quota %s of project %s is used up: %s.".formatted(quota, project, detail),
                retryAfter);
    }

    private static String text(Duration time) {
        long minutes = (time.toSeconds() + 59) / 60;
        return minutes < 60 ? minutes + " min" : "%d h %02d min".formatted(minutes / 60, minutes % 60);
    }
}
