package dev.trainyard.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.trainer.report.ManualClock;
import dev.trainyard.trainer.report.RecordingSink;
import dev.trainyard.trainer.report.RunEventReporter;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeartbeatSenderTest {
    private final ManualClock clock = new ManualClock();
    private final RecordingSink sink = new RecordingSink();
    private final StopSignal stop = new StopSignal();
    private final RunEventReporter events =
            new RunEventReporter(TrainJobs.aTrainJob().build(), UUID.randomUUID(), "worker", sink, clock);
    private int gaveUp;
    private long processorNanos;
    private final HeartbeatSender heartbeat = new HeartbeatSender(
            events,
            sink,
            stop,
            clock,
            () -> processorNanos,
            Duration.ofSeconds(5),
            Duration.ofSeconds(45),
            Duration.ofSeconds(60),
            () -> gaveUp++);

    @Test
    void aRunWithProgressSendsOneHeartbeatPerInterval() {
        for (int second = 0; second < 20; second++) {
            heartbeat.progressed();
            clock.advance(Duration.ofSeconds(1));
            heartbeat.tick();
        }
        assertThat(sink.kinds()).containsExactly("Heartbeat", "Heartbeat", "Heartbeat", "Heartbeat");
    }

    @Test
    void aHungRunSendsNoHeartbeats() {
        heartbeat.progressed();
        clock.advance(Duration.ofSeconds(5));
        heartbeat.tick();
        for (int second = 0; second < 60; second++) {
            clock.advance(Duration.ofSeconds(1));
            heartbeat.tick();
        }
        assertThat(sink.kinds()).containsExactly("Heartbeat");
    }

    @Test
    void aSlowStepOnABusyMachineKeepsItsLease() {
        heartbeat.progressed();
        for (int second = 0; second < 600; second++) {
            clock.advance(Duration.ofSeconds(1));
            processorNanos += 5_000_000; // as beside 24 busy processes
            heartbeat.tick();
        }
        assertThat(sink.kinds()).hasSize(120).containsOnly("Heartbeat");
    }

    @Test
    void anEndlessLoopSendsNoHeartbeats() {
        heartbeat.progressed();
        for (int second = 0; second < 120; second++) {
            clock.advance(Duration.ofSeconds(1));
            processorNanos += 1_000_000_000;
            heartbeat.tick();
        }
        assertThat(sink.kinds()).hasSize(7).containsOnly("Heartbeat"); // the first for the step, six within its 30 s
    }

    @Test
    void aRunStopsIfItsEventsAreNotDelivered() {
        sink.silence = Duration.ofSeconds(44);
        heartbeat.tick();
        assertThat(stop.reason()).isEmpty();

        sink.silence = Duration.ofSeconds(46);
        heartbeat.tick();
        assertThat(stop.reason()).contains(StopReason.CONTACT_LOST);
    }

    @Test
    void aResumedProcessConsidersItsLeaseLostFirst() {
        heartbeat.tick();
        clock.advance(Duration.ofSeconds(90));
        heartbeat.progressed();
        assertThat(stop.reason()).contains(StopReason.CONTACT_LOST);
        assertThat(sink.events).isEmpty();
    }

    @Test
    void aHangingBatchEndsTheProcess() {
        stop.request(StopReason.FENCED);
        for (int second = 0; second <= 60; second++) {
            heartbeat.tick();
            assertThat(gaveUp).isZero();
            clock.advance(Duration.ofSeconds(1));
        }
        heartbeat.tick();
        assertThat(gaveUp).isEqualTo(1);
    }

    @Test
    void heartbeatsAreSkippedWhileManyEventsArePending() {
        sink.backlog = 16;
        heartbeat.progressed();
        clock.advance(Duration.ofSeconds(5));
        heartbeat.tick();
        assertThat(sink.events).isEmpty();
    }
}
