package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kafka loses all its data, or topics are deleted and created again: jobs go on from the database, and none runs twice. */
@Tag("full")
class RebuiltKafkaIT {
    @RegisterExtension
    static final PlatformExtension platform = PlatformExtension.withOptions("--gateways", "1", "--trainers", "2");

    @Test
    void aPlatformContinuesWithAnEmptyKafka() throws Exception {
        List<String> jobs = submitRunningAndQueued();
        SharedPlatform shared = platform.sharedPlatform();
        shared.launcher().terminate();
        try (Stream<Path> kafka = Files.list(shared.dataDir().resolve("kafka"))) {
            for (Path entry : kafka.toList()) {
                if (!entry.endsWith("secrets")) {
                    FileTree.delete(entry);
                }
            }
        }

        shared.startAgain();

        platform.awaitGateways(); // which predict, so that the model was announced again
        platform.awaitAllToBe("success");
        assertThat(jobs).allSatisfy(key -> assertThat(platform.claims(key)).doesNotHaveDuplicates());
        String next = platform.submit(PlatformExtension.small(1));
        platform.awaitStatus(next, "success");
    }

    @Test
    void topicsThatAreCreatedAgainWhileThePlatformRunsLoseNoJob() throws Exception {
        List<String> jobs = submitRunningAndQueued();
        try (Admin admin = Admin.create(platform.kafka())) {
            for (String topic : List.of(Topics.TRAIN_EVENTS, Topics.TRAIN_JOBS, Topics.TRAIN_CONTROL)) {
                admin.deleteTopics(List.of(topic)).all().get();
                while (admin.listTopics().names().get().contains(topic)) {
                    Thread.onSpinWait(); // the broker learns of it later than the controller
                }
                TopicInstaller.installAndAlter(platform.kafka(), TopicRetention.DEFAULTS, 30);
            }
        }

        platform.awaitAllToBe("success");
        assertThat(jobs).allSatisfy(key -> assertThat(platform.claims(key)).doesNotHaveDuplicates());
    }

    private static List<String> submitRunningAndQueued() {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 3; i++) { // for two trainers
            jobs.add(platform.submit(PlatformExtension.small(4)));
        }
        platform.awaitEpoch(jobs.get(0), 1);
        return jobs;
    }
}
