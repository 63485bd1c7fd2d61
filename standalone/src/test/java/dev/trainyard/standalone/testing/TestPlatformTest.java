package dev.trainyard.standalone.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TestPlatformTest {
    @Test
    void databaseAndBrokerAreRealAndHaveAllTopics() throws Exception {
        TestPlatform platform = TestPlatform.shared();
        try (Connection connection = connect(platform);
                ResultSet version = connection.createStatement().executeQuery("show server_version_num")) {
            assertThat(version.next()).isTrue();
            assertThat(version.getInt(1)).isGreaterThanOrEqualTo(150_000);
        }
        try (Admin admin = Admin.create(platform.kafka())) {
            assertThat(admin.listTopics().names().get())
                    .containsAll(Topics.all().stream().map(TopicSpec::name).toList());
        }
    }

    @Test
    void theNextApplicationFindsNothingOfTheOneBeforeOnTheSameServers() throws Exception {
        SharedPlatform servers = (SharedPlatform) TestPlatform.shared();
        SharedPlatform first = servers.emptied();
        try (Connection connection = connect(first)) {
            connection.createStatement().execute("create table of_the_first (id int)");
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(first.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.TRAIN_JOBS, new byte[] {1}))
                    .get();
        }
        assertThat(TopicInspector.read(first.kafka(), Topics.TRAIN_JOBS)).hasSize(1);

        SharedPlatform second = servers.emptied();

        assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
        assertThat(TopicInspector.read(second.kafka(), Topics.TRAIN_JOBS)).isEmpty();
        try (Connection connection = connect(second);
                ResultSet tables = connection
                        .createStatement()
                        .executeQuery("select 1 from pg_tables where tablename = 'of_the_first'")) {
            assertThat(tables.next()).isFalse();
        }
    }

    private static Connection connect(TestPlatform platform) throws SQLException {
        return DriverManager.getConnection(platform.jdbcUrl(), platform.user(), platform.password());
    }
}
