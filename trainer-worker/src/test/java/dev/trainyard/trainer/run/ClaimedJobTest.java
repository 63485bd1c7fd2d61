package dev.trainyard.trainer.run;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.control.ControlCommands;
import dev.trainyard.trainer.control.ControlTopicListener;
import dev.trainyard.trainer.report.ManualClock;
import dev.trainyard.trainer.report.RecordingSink;
import dev.trainyard.trainer.report.RunEventReporter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Effects of control commands on the current run. */
class ClaimedJobTest {
    private final ControlCommands commands = new ControlCommands();
    private final ControlTopicListener records = new ControlTopicListener(commands);
    private final RecordingSink sink = new RecordingSink();
    private final TrainJob job = aTrainJob().build();
    private final RunEventReporter events =
            new RunEventReporter(job, UUID.randomUUID(), "worker", sink, new ManualClock());
    private final ClaimedJob claimed = new ClaimedJob(job, events, commands);

    @Test
    void aCommandStopsTheRunAndItsReports() throws Exception {
        claimed.claim();
        hear(new String(WireJson.write(order(TrainControl.Command.CANCEL)), StandardCharsets.UTF_8));
        events.report(new TrainEvent.Heartbeat());

        assertThat(sink.kinds()).containsExactly("Claimed");
        assertThat(claimed.stop().reason()).contains(StopReason.CANCELLED);
    }

    @Test
    void anEmptyCommandIsRejectedAndTheRunContinuesToReport() {
        claimed.claim();
        assertThatThrownBy(() -> hear("{\"v\":1,\"key\":\"%s\",\"attempt\":1}".formatted(job.key())))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("without key or command");
        assertThatThrownBy(() -> commands.apply(order(null))).isInstanceOf(NullPointerException.class);
        events.report(new TrainEvent.Heartbeat());

        assertThat(sink.kinds()).containsExactly("Claimed", "Heartbeat");
        assertThat(claimed.stop().reason()).isEmpty();
    }

    private TrainControl order(TrainControl.Command command) {
        return new TrainControl(Versioned.CURRENT, job.key(), 1, null, command, Instant.EPOCH);
    }

    private void hear(String json) throws MalformedMessageException {
        byte[] key = job.key().toString().getBytes(StandardCharsets.UTF_8);
        records.onRecord(new ConsumerRecord<>(Topics.TRAIN_CONTROL, 0, 0, key, json.getBytes(StandardCharsets.UTF_8)));
    }
}
