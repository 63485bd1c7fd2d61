package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.projects.JobQuotas;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainControl;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/** Pauses and resumes the jobs of a study. All methods join the caller's transaction, which has locked the job. */
public final class TrialJobs {
    private TrialJobs() {}

    /** Returns false if the job is neither queued nor running. */
    public static boolean pause(Handle handle, JobRow job) {
        if (job.state() instanceof JobState.Queued queued) {
            Transitions.pause(handle, job, queued.pause(), TransitionReason.STUDY_PAUSED);
            JobHolds.command(handle, job, TrainControl.Command.PAUSE);
            return true;
        }
        if (job.state() instanceof JobState.Running run) {
            Transitions.pause(handle, job, run.pause(), TransitionReason.STUDY_PAUSED);
            JobHolds.command(handle, job, TrainControl.Command.PAUSE);
            return true;
        }
        return false;
    }

    /**
     * Queues a job again that {@link #pause} paused; it goes on after its newest checkpoint.
     *
     * @throws dev.trainyard.gateway.problem.ProblemException 429 if its project may not queue more jobs
     */
    public static void resume(Handle handle, String project, JobRow job) {
        if (job.state() instanceof JobState.Paused paused) {
            JobQuotas.requireRequeue(handle, project);
            Transitions.requeue(
                    handle,
                    job,
                    paused.resume(),
                    job.failureCounts(),
                    TransitionReason.STUDY_RESUMED,
                    null,
                    Duration.ZERO);
        }
    }
}
