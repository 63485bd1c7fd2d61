package dev.trainyard.benchmarks.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.trainer.report.JobPhase;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSharesTest {
    @TempDir
    private Path folder;

    @Test
    void eachPhaseHasItsOwnTime() throws Exception {
        Path file = folder.resolve("jobs.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(JobPhase.EVENT).withoutThreshold();
            recording.start();
            job(400, 200, 100);
            job(100, 0, 0);
            recording.stop();
            recording.dump(file);
        }

        List<JobShares> jobs = JobShares.of(file);
        assertThat(jobs).hasSize(2);
        JobShares first = jobs.get(0);
        assertThat(first.phases().keySet()).containsExactlyInAnyOrder("job", "training", "events", "evaluation");
        assertThat(first.phases().get("training").processor()).isBetween(0.4, 0.6);
        assertThat(first.phases().get("events").processor()).isBetween(0.2, 0.4);
        assertThat(first.phases().values().stream()
                        .mapToDouble(JobShares.Spent::seconds)
                        .sum())
                .isCloseTo(first.seconds(), within(1e-6));
        assertThat(first.restOfProcessor()).isBetween(0.3, 0.6);
        assertThat(jobs.get(1).phases().get("training").processor()).isBetween(0.1, 0.3);
    }

    /** A job with events in its training, each busy for so many milliseconds. */
    private static void job(int training, int events, int evaluation) {
        try (JobPhase job = JobPhase.of(JobPhase.JOB)) {
            try (JobPhase phase = JobPhase.of("training")) {
                work(training);
                try (JobPhase within = JobPhase.of("events")) {
                    work(events);
                }
            }
            try (JobPhase phase = JobPhase.of("evaluation")) {
                work(evaluation);
            }
        }
    }

    /** Uses processor time, since time alone depends on other programs. */
    private static void work(int millis) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = threads.getCurrentThreadCpuTime() + millis * 1_000_000L;
        while (threads.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }
}
