package dev.trainyard.trainer.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainControl.Command;
import dev.trainyard.message.Versioned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ControlCommandsTest {
    private final ControlCommands commands = new ControlCommands();
    private final UUID key = UUID.randomUUID();
    private final UUID token = UUID.randomUUID();
    private final List<Command> heard = new ArrayList<>();

    @Test
    void aCancelAppliesToItsAttemptAndEarlierOnes() {
        commands.apply(order(Command.CANCEL, 2, null));

        assertThat(commands.isCancelled(key, 1)).isTrue();
        assertThat(commands.isCancelled(key, 2)).isTrue();
        assertThat(commands.isCancelled(key, 3)).isFalse();
        assertThat(commands.isCancelled(UUID.randomUUID(), 1)).isFalse();
    }

    @Test
    void aFenceDoesNotRemoveAnEarlierCancelOfTheJob() {
        commands.apply(order(Command.CANCEL, 2, null));
        commands.apply(order(Command.FENCED, 1, UUID.randomUUID()));

        assertThat(commands.isCancelled(key, 2)).isTrue();
    }

    @Test
    void theRunReceivesAnEarlierCancel() {
        commands.apply(order(Command.CANCEL, 1, null));
        commands.watch(key, 1, token, heard::add);

        assertThat(heard).containsExactly(Command.CANCEL);
    }

    @Test
    void theRunReceivesOnlyItsOwnFence() {
        commands.watch(key, 1, token, heard::add);
        commands.apply(order(Command.FENCED, 1, UUID.randomUUID()));
        assertThat(heard).isEmpty();

        commands.apply(order(Command.FENCED, 1, token));
        assertThat(heard).containsExactly(Command.FENCED);
    }

    @Test
    void anEndedRunReceivesNothing() {
        commands.watch(key, 1, token, heard::add);
        commands.unwatch();
        commands.apply(order(Command.CANCEL, 1, null));

        assertThat(heard).isEmpty();
    }

    @Test
    void aWithdrawnCancelIsForgotten() {
        commands.apply(order(Command.CANCEL, 1, null));
        commands.withdraw(key);

        assertThat(commands.isCancelled(key, 1)).isFalse();
    }

    private TrainControl order(Command command, int attempt, UUID forToken) {
        return new TrainControl(Versioned.CURRENT, key, attempt, forToken, command, Instant.EPOCH);
    }
}
