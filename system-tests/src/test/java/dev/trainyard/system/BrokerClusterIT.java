package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.process.Signals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three brokers, of which any one may be killed, hang or restart: submits and polls never fail, predictions fail for
 * seconds at most, and every accepted job ends once.
 */
@Tag("soak")
class BrokerClusterIT {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(5);
    /** Longer than any timeout after which clients and other brokers give a broker up. */
    private static final Duration DOWN = Duration.ofSeconds(15);
    /** Of predictions before and after a fault. */
    private static final int SOME = 100;

    @RegisterExtension
    static final PlatformExtension platform =
            PlatformExtension.withOptions("--gateways", "2", "--trainers", "2", "--brokers", "3");

    @Test
    void allTopicsHaveThreeCopiesOfWhichTwoMustBeWritten() throws Exception {
        try (Admin admin = Admin.create(platform.kafka())) {
            for (TopicDescription topic : admin.describeTopics(
                            Topics.all().stream().map(TopicSpec::name).toList())
                    .allTopicNames()
                    .get()
                    .values()) {
                assertThat(topic.partitions()).as(topic.name()).allSatisfy(partition -> assertThat(partition.replicas())
                        .hasSize(3));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-1", "kafka-2", "kafka-3"})
    void aKilledBrokerIsReplacedByTheOthers(String broker) throws Exception {
        try (ClientLoad load = ClientLoad.start(platform)) {
            load.awaitAnswered(SOME);
            long fault = System.nanoTime();
            Outage outage = Outage.of(platform.faults(), broker, DOWN);
            outage.awaitEnd();
            awaitAllCopies();
            load.awaitAnswered(SOME);
            report(broker + " killed", load, fault);
        }
        platform.awaitAllToBe("success");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-1", "kafka-2", "kafka-3"})
    void aHungBrokerIsReplacedByTheOthers(String broker) throws Exception {
        try (ClientLoad load = ClientLoad.start(platform)) {
            load.awaitAnswered(SOME);
            long fault = System.nanoTime();
            try (SuspendedProcess hung = platform.freeze(broker)) {
                TimeUnit.NANOSECONDS.sleep(DOWN.toNanos());
            }
            awaitAllCopies();
            load.awaitAnswered(SOME);
            report(broker + " hung", load, fault);
        }
        platform.awaitAllToBe("success");
    }

    @Test
    void allBrokersRestartOneByOne() throws Exception {
        try (ClientLoad load = ClientLoad.start(platform)) {
            load.awaitAnswered(SOME);
            for (String broker : List.of("kafka-1", "kafka-2", "kafka-3")) {
                long fault = System.nanoTime();
                ProcessHandle process = platform.faults().process(broker).orElseThrow();
                Signals.send("TERM", process);
                process.onExit().join();
                awaitAllCopies();
                load.awaitAnswered(SOME);
                report(broker + " restarted", load, fault);
            }
        }
        platform.awaitAllToBe("success");
    }

    private static void report(String what, ClientLoad load, long fault) {
        System.out.printf("%s: %s%n", what, load.summary(fault));
        assertThat(load.failingFor(fault)).as(load.summary(fault)).isLessThan(BACK_WITHIN);
        assertThat(load.jobs()).isPositive();
    }

    /** Waits until all three brokers have every record. */
    private static void awaitAllCopies() {
        PlatformExtension.await("all copies").ignoreExceptions().until(() -> {
            try (Admin admin = Admin.create(platform.kafka())) {
                return admin
                        .describeTopics(
                                Topics.all().stream().map(TopicSpec::name).toList())
                        .allTopicNames()
                        .get(5, TimeUnit.SECONDS)
                        .values()
                        .stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition -> partition.isr().size() == 3);
            }
        });
    }
}
