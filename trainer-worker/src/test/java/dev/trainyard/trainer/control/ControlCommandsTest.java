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
    private final ControlCommands board = new ControlCommands();
    private final UUID key = UUID.randomUUID();
    private final UUID token = UUID.randomUUID();
    private final List<Command> heard = new ArrayList<>();

    @Test
    void aCancelConcernsItsAttemptAndAllBefore() {
        board.apply(order(Command.CANCEL, 2, null));

        assertThat(board.isCancelled(key, 1)).isTrue();
        assertThat(board.isCancelled(key, 2)).isTrue();
        assertThat(board.isCancelled(key, 3)).isFalse();
        assertThat(board.isCancelled(UUID.randomUUID(), 1)).isFalse();
    }

    @Test
    void aCancelOutlivesALaterFenceOfTheSameJob() {
        board.apply(order(Command.CANCEL, 2, null));
        board.apply(order(Command.FENCED, 1, UUID.randomUUID()));

        assertThat(board.isCancelled(key, 2)).isTrue();
    }

    @Test
    void theRunHearsACancelThatCameBeforeIt() {
        board.apply(order(Command.CANCEL, 1, null));
        board.watch(key, 1, token, heard::add);

        assertThat(heard).containsExactly(Command.CANCEL);
    }

    @Test
    void theRunHearsOnlyItsOwnFence() {
        board.watch(key, 1, token, heard::add);
        board.apply(order(Command.FENCED, 1, UUID.randomUUID()));
        assertThat(heard).isEmpty();

        board.apply(order(Command.FENCED, 1, token));
        assertThat(heard).containsExactly(Command.FENCED);
    }

    @Test
    void aRunThatIsOverHearsNothing() {
        board.watch(key, 1, token, heard::add);
        board.unwatch();
        board.apply(order(Command.CANCEL, 1, null));

        assertThat(heard).isEmpty();
    }

    @Test
    void aWithdrawnCancelIsForgotten() {
        board.apply(order(Command.CANCEL, 1, null));
        board.forget(key);

        assertThat(board.isCancelled(key, 1)).isFalse();
    }

    private TrainControl order(Command command, int attempt, UUID forToken) {
        return new TrainControl(Versioned.CURRENT, key, attempt, forToken, command, Instant.EPOCH);
    }
}
