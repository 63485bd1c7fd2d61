package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.standalone.testing.TestPlatform;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gateways share the partitions of the events on a real PostgreSQL. */
class PartitionLeaseTest {
    private static final int PARTITIONS = 6;
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(200);

    private static Jdbi jdbi;

    @BeforeAll
    static void migrate() {
        TestPlatform platform = TestPlatform.shared();
        Migrations.configure(Flyway.configure())
                .dataSource(platform.jdbcUrl(), platform.user(), platform.password())
                .load()
                .migrate();
        jdbi = Jdbi.create(platform.jdbcUrl(), platform.user(), platform.password());
    }

    @BeforeEach
    void noGatewayReads() {
        jdbi.useHandle(handle -> handle.execute("truncate event_position, event_reader"));
    }

    @Test
    void aSingleGatewayReadsAllPartitions() {
        assertThat(reader(LONG).renew(topic(PARTITIONS)))
                .containsExactly(
                        Map.entry(0, 0L),
                        Map.entry(1, 0L),
                        Map.entry(2, 0L),
                        Map.entry(3, 0L),
                        Map.entry(4, 0L),
                        Map.entry(5, 0L));
    }

    @Test
    void twoGatewaysShareThePartitions() {
        PartitionLease first = reader(LONG);
        PartitionLease second = reader(LONG);
        first.renew(topic(PARTITIONS));
        assertThat(second.renew(topic(PARTITIONS))).isEmpty(); // the first has not renewed yet

        Map<Integer, Long> kept = first.renew(topic(PARTITIONS));
        Map<Integer, Long> taken = second.renew(topic(PARTITIONS));

        assertThat(kept).hasSize(3);
        assertThat(taken).hasSize(3);
        TreeSet<Integer> all = new TreeSet<>(kept.keySet());
        all.addAll(taken.keySet());
        assertThat(all).hasSize(PARTITIONS);
    }

    @Test
    void thePartitionsOfADeadGatewayContinueAndItsLatePositionsAreRejected() {
        PartitionLease dead = reader(SHORT);
        dead.renew(topic(PARTITIONS));
        assertThat(dead.applied(2, 41)).isTrue();
        PartitionLease other = reader(LONG);

        await().until(() -> other.renew(topic(PARTITIONS)).size() == PARTITIONS);

        assertThat(other.renew(topic(PARTITIONS))).containsEntry(2, 41L);
        assertThat(dead.applied(2, 99)).isFalse();
        assertThat(other.renew(topic(PARTITIONS))).containsEntry(2, 41L);
    }

    @Test
    void aSlowGatewayKeepsPartitionsThatNoOtherTook() throws Exception {
        PartitionLease slow = reader(SHORT);
        slow.renew(topic(PARTITIONS));
        await().until(() -> jdbi.withHandle(
                        handle -> handle.createQuery("select count(*) from event_position where owned_until < now()")
                                .mapTo(Integer.class)
                                .one())
                == PARTITIONS);
        assertThat(slow.applied(0, 7)).isTrue();
        assertThat(slow.renew(topic(PARTITIONS))).hasSize(PARTITIONS).containsEntry(0, 7L);
    }

    @Test
    void aStoppingGatewayHandsOverAtOnce() {
        PartitionLease leaving = reader(LONG);
        leaving.renew(topic(PARTITIONS));
        leaving.releaseAll();
        assertThat(reader(LONG).renew(topic(PARTITIONS))).hasSize(PARTITIONS);
    }

    @Test
    void addedPartitionsAreShared() {
        PartitionLease only = reader(LONG);
        only.renew(topic(PARTITIONS));
        only.applied(1, 5);
        assertThat(only.renew(topic(PARTITIONS + 2))).hasSize(PARTITIONS + 2).containsEntry(1, 5L);
    }

    @Test
    void positionsInATopicThatWasCreatedAgainAreForgotten() {
        UUID before = UUID.randomUUID();
        PartitionLease reader = reader(LONG);
        reader.renew(new TopicOffsets.Topic(PARTITIONS, before));
        reader.applied(1, 5);
        assertThat(reader.renew(new TopicOffsets.Topic(PARTITIONS, before))).containsEntry(1, 5L);

        Map<Integer, Long> positions = reader.renew(new TopicOffsets.Topic(PARTITIONS, UUID.randomUUID()));

        assertThat(positions).hasSize(PARTITIONS).containsEntry(1, 0L);
    }

    @Test
    void aFreePartitionOfATopicThatWasCreatedAgainIsReadFromTheStart() {
        PartitionLease leaving = reader(LONG);
        leaving.renew(new TopicOffsets.Topic(PARTITIONS, UUID.randomUUID()));
        leaving.applied(3, 9);
        leaving.releaseAll();

        assertThat(reader(LONG).renew(new TopicOffsets.Topic(PARTITIONS, UUID.randomUUID())))
                .containsEntry(3, 0L);
    }

    @Test
    void aPositionOfTheReleaseBeforeBelongsToTheTopicThatIsThere() {
        PartitionLease earlier = reader(LONG);
        earlier.renew(topic(PARTITIONS)); // knows no ids
        earlier.applied(2, 7);
        earlier.releaseAll();

        assertThat(reader(LONG).renew(new TopicOffsets.Topic(PARTITIONS, UUID.randomUUID())))
                .containsEntry(2, 7L);
    }

    private static TopicOffsets.Topic topic(int partitions) {
        return new TopicOffsets.Topic(partitions, null);
    }

    private static PartitionLease reader(Duration lease) {
        return new PartitionLease(jdbi, UUID.randomUUID(), lease);
    }
}
