package dev.trainyard.benchmarks.job;

import dev.trainyard.trainer.report.JobPhase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of one job went.
 *
 * @param seconds of the whole job
 * @param phases time of each phase without that of phases within it
 * @param feed share of the job's samples in which batches were prepared
 */
record JobShares(double seconds, Map<String, Spent> phases, double feed) {
    private static final String TRAINING = "training";
    /** Prepare batches. */
    private static final Set<String> FEED =
            Set.of("dev.trainyard.engine.vector.Batches", "dev.trainyard.engine.ImageOrder");

    /** Wall-clock time, and processor time of the job's thread. */
    record Spent(double seconds, double processor) {
        private Spent minus(Spent other) {
            return new Spent(seconds - other.seconds, processor - other.processor);
        }

        private Spent plus(Spent other) {
            return new Spent(seconds + other.seconds, processor + other.processor);
        }
    }

    private Spent training() {
        return phases.getOrDefault(TRAINING, new Spent(0, 0));
    }

    /** Share of wall-clock time that was not the engine's inner loop. */
    double rest() {
        return 1 - training().seconds() / seconds + feed;
    }

    /** Share of the thread's processor time that was not the engine's inner loop. */
    double restOfProcessor() {
        double all = phases.values().stream().mapToDouble(Spent::processor).sum();
        return 1 - training().processor() / all + feed;
    }

    /** All jobs of a recording, in their order. */
    static List<JobShares> of(Path recording) throws IOException {
        List<RecordedEvent> phases = new ArrayList<>();
        List<RecordedEvent> samples = new ArrayList<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
            switch (event.getEventType().getName()) {
                case JobPhase.EVENT -> phases.add(event);
                case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> samples.add(event);
                default -> {}
            }
        }
        return phases.stream()
                .filter(phase -> name(phase).equals(JobPhase.JOB))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .map(job -> of(job, phases, samples))
                .toList();
    }

    private static JobShares of(RecordedEvent job, List<RecordedEvent> phases, List<RecordedEvent> samples) {
        List<RecordedEvent> own = phases.stream()
                .filter(phase -> contains(job, phase.getStartTime()))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
        Map<String, Spent> spent = new LinkedHashMap<>();
        for (RecordedEvent phase : own) {
            Spent time = time(phase);
            spent.merge(name(phase), time, Spent::plus);
            around(phase, own).ifPresent(outer -> spent.merge(name(outer), new Spent(0, 0).minus(time), Spent::plus));
        }
        List<RecordedEvent> inJob = samples.stream()
                .filter(sample -> contains(job, sample.getStartTime()))
                .filter(sample -> sample.getThread("sampledThread") != null
                        && sample.getThread("sampledThread").getJavaThreadId()
                                == job.getThread().getJavaThreadId())
                .toList();
        long feeding = inJob.stream().filter(JobShares::isFeed).count();
        return new JobShares(time(job).seconds(), spent, inJob.isEmpty() ? 0 : (double) feeding / inJob.size());
    }

    /** The innermost phase that contains another. */
    private static Optional<RecordedEvent> around(RecordedEvent phase, List<RecordedEvent> all) {
        return all.stream()
                .filter(outer -> outer != phase
                        && contains(outer, phase.getStartTime())
                        && !outer.getEndTime().isBefore(phase.getEndTime())
                        && outer.getDuration().compareTo(phase.getDuration()) > 0)
                .min(Comparator.comparing(RecordedEvent::getDuration));
    }

    private static boolean contains(RecordedEvent outer, Instant at) {
        return !at.isBefore(outer.getStartTime()) && !at.isAfter(outer.getEndTime());
    }

    private static boolean isFeed(RecordedEvent sample) {
        return sample.getStackTrace() != null
                && sample.getStackTrace().getFrames().stream()
                        .map(RecordedFrame::getMethod)
                        .anyMatch(method -> FEED.contains(method.getType().getName()));
    }

    private static Spent time(RecordedEvent phase) {
        return new Spent(phase.getDuration().toNanos() / 1e9, phase.getLong("processorNanos") / 1e9);
    }

    private static String name(RecordedEvent phase) {
        return phase.getString("phase");
    }
}
