package dev.trainyard.trainer.run;

import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.trainer.control.ControlCommands;
import dev.trainyard.trainer.intake.JobAdmission;
import dev.trainyard.trainer.report.AttemptTrace;
import dev.trainyard.trainer.report.RunEventReporter;
import java.util.concurrent.CompletionStage;

/** A job claimed under this worker's token, from the claim to the last event. */
final class ClaimedJob implements JobAdmission.Claim {
    private final TrainJob job;
    private final RunEventReporter events;
    private final AttemptTrace trace;
    private final ControlCommands control;
    private final StopSignal stop = new StopSignal();

    /** A job whose attempt is not traced. */
    ClaimedJob(TrainJob job, RunEventReporter events, ControlCommands control) {
        this(job, events, control, AttemptTrace.none(job));
    }

    ClaimedJob(TrainJob job, RunEventReporter events, ControlCommands control, AttemptTrace trace) {
        this.job = job;
        this.trace = trace;
        this.events = events;
        this.control = control;
    }

    TrainJob job() {
        return job;
    }

    RunEventReporter events() {
        return events;
    }

    AttemptTrace trace() {
        return trace;
    }

    StopSignal stop() {
        return stop;
    }

    CompletionStage<Void> claim() {
        control.watch(job.key(), job.attempt(), events.token(), this::apply);
        return trace.within(() -> events.report(new TrainEvent.Claimed()));
    }

    private void apply(TrainControl.Command command) {
        StopReason reason =
                switch (command) {
                    case CANCEL -> StopReason.CANCELLED;
                    case PAUSE -> StopReason.PAUSED;
                    case FENCED -> StopReason.FENCED;
                    case UNKNOWN -> throw new IllegalArgumentException("a command of a later release is not passed on");
                };
        // Stops reporting at once: the gateway has already decided the job's state.
        events.stopReporting();
        stop.request(reason);
    }

    @Override
    public void release() {
        events.report(new TrainEvent.Released("the job's place in the queue could not be confirmed"));
        trace.end("released", false);
        control.unwatch();
    }
}
