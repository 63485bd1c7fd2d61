package dev.trainyard.standalone.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class TestPlatformTest {
    @Test
    void databaseAndBrokerAreRealAndHaveAllTopics() throws Exception {
        TestPlatform platform = TestPlatform.shared();
        try (Connection connection =
                        DriverManager.getConnection(platform.jdbcUrl(), platform.user(), platform.password());
                ResultSet version = connection.createStatement().executeQuery("show server_version_num")) {
            assertThat(version.next()).isTrue();
            assertThat(version.getInt(1)).isGreaterThanOrEqualTo(150_000);
        }
        try (Admin admin = Admin.create(platform.kafka())) {
            assertThat(admin.listTopics().names().get())
                    .containsAll(Topics.all().stream().map(TopicSpec::name).toList());
        }
    }
}
