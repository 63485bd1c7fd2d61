package dev.trainyard.trainer.control;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TrainControl;
import dev.trainyard.worker.KeyedListener;
import java.time.Instant;
import java.util.UUID;

/** Passes records of {@code train.control} to {@link ControlCommands}. */
public final class ControlTopicListener implements KeyedListener {
    private final ControlCommands commands;

    public ControlTopicListener(ControlCommands commands) {
        this.commands = commands;
    }

    @Override
    public void onValue(String key, byte[] value) throws MalformedMessageException {
        commands.apply(TrainControl.read(value));
    }

    @Override
    public void onRemoved(String key, Instant time) throws MalformedMessageException {
        try {
            commands.withdraw(UUID.fromString(key));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("the key of a command must be a job's: " + key, e);
        }
    }
}
