package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicReplicationTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 1, 1", "3, 3, 2", "7, 3, 2"})
    void threeBrokersKeepThreeCopiesOfWhichTwoMustBeWritten(int brokers, int copies, int minInSync) {
        assertThat(TopicReplication.DEFAULTS.copies(brokers)).isEqualTo(copies);
        assertThat(TopicReplication.DEFAULTS.minInSync(copies)).isEqualTo(minInSync);
    }

    @Test
    void statedNumbersAreUsed() {
        TopicReplication stated = new TopicReplication(OptionalInt.of(2), OptionalInt.of(2));
        assertThat(stated.copies(5)).isEqualTo(2);
        assertThat(stated.minInSync(2)).isEqualTo(2);
    }

    @Test
    void whatNoClusterCanSatisfyIsRefused() {
        assertThatThrownBy(() -> new TopicReplication(OptionalInt.of(2), OptionalInt.of(3)))
                .hasMessageContaining("trainyard.topics.min-insync-replicas=3")
                .hasMessageContaining("Set it to 2 or less");
        assertThatThrownBy(() -> new TopicReplication(OptionalInt.of(0), OptionalInt.empty()))
                .hasMessageContaining("trainyard.topics.replication-factor=0");
    }
}
