package dev.trainyard.trainer.control;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.TrainControl;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Passes records of {@code train.control} to {@link ControlCommands}. */
public final class ControlTopicListener implements CompactedTopicReader.Listener {
    private final ControlCommands commands;

    public ControlTopicListener(ControlCommands commands) {
        this.commands = commands;
    }

    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        try {
            if (message.value() == null) {
                commands.withdraw(UUID.fromString(new String(message.key(), StandardCharsets.UTF_8)));
            } else {
                commands.apply(TrainControl.read(message.value()));
            }
        } catch (NewerVersionException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MalformedMessageException("not a valid command: " + e, e);
        }
    }
}
