package dev.trainyard.trainer.run;

import dev.trainyard.message.TrainEvent.Progress;
import dev.trainyard.trainer.report.RunClock;
import java.time.Duration;
import java.util.Optional;

/**
 * Computes progress for clients. Work is counted in forward passes of an image; training an image costs about three of
 * them.
 */
final class ProgressMeter {
    private static final int TRAINING_COST = 3;

    private final RunClock clock;
    private final String engine;
    private final long intervalNanos;
    private final long totalWork;
    private final long workAtStart;
    private final long startedAt;
    private long workDone;
    private int epoch;
    private double loss;
    private double samplesPerSecond;
    private long passStartedAt;
    private long lastSentAt;

    /** Number of images in each pass: every epoch trains and validates, the end evaluates once. */
    record Workload(int epochs, int trainingImages, int validationImages, int finalImages) {
        long perEpoch() {
            return (long) TRAINING_COST * trainingImages + validationImages;
        }

        long total() {
            return epochs * perEpoch() + finalImages;
        }
    }

    ProgressMeter(RunClock clock, Duration interval, Workload workload, int epochsDone, String engine) {
        this.engine = engine;
        this.clock = clock;
        this.intervalNanos = interval.toNanos();
        this.totalWork = workload.total();
        this.workAtStart = epochsDone * workload.perEpoch();
        this.workDone = workAtStart;
        this.epoch = Math.max(1, epochsDone);
        this.startedAt = clock.nanos();
        this.lastSentAt = startedAt;
        this.passStartedAt = startedAt;
    }

    void epochStarts(int number) {
        epoch = number;
        passStartedAt = clock.nanos();
    }

    Optional<Progress> trained(int samplesOfPass, double meanLoss) {
        loss = meanLoss;
        samplesPerSecond = samplesOfPass / seconds(passStartedAt);
        return due((long) TRAINING_COST * samplesOfPass);
    }

    Optional<Progress> evaluated(int samplesOfPass) {
        return due(samplesOfPass);
    }

    void trainingPassEnded(int images) {
        workDone += (long) TRAINING_COST * images;
    }

    void evaluationPassEnded(int images) {
        workDone += images;
    }

    double samplesPerSecond() {
        return samplesPerSecond;
    }

    private Optional<Progress> due(long workOfPass) {
        long now = clock.nanos();
        if (now - lastSentAt < intervalNanos) {
            return Optional.empty();
        }
        lastSentAt = now;
        long done = workDone + workOfPass;
        double rate = (done - workAtStart) / seconds(startedAt);
        double eta = rate > 0 ? (totalWork - done) / rate : 0;
        return Optional.of(new Progress(
                epoch, loss, Math.min(1, (double) done / totalWork), samplesPerSecond, Math.max(0, eta), engine));
    }

    private double seconds(long since) {
        return Math.max(1, clock.nanos() - since) / 1e9;
    }
}
