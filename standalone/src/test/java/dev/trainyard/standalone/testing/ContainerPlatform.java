package dev.trainyard.standalone.testing;

import dev.trainyard.message.RecordSizeLimits;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** Uses the images of docker-compose.yml. */
final class ContainerPlatform implements TestPlatform {
    private final PostgreSQLContainer postgres =
            new PostgreSQLContainer("postgres:18").withDatabaseName("trainyard").withUsername("trainyard");
    private final KafkaContainer kafka = new KafkaContainer("apache/kafka:4.1.2")
            .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
            .withEnv("KAFKA_OFFSETS_RETENTION_MINUTES", "5256000")
            .withEnv("KAFKA_MESSAGE_MAX_BYTES", String.valueOf(RecordSizeLimits.BROKER))
            .withEnv("KAFKA_REPLICA_FETCH_MAX_BYTES", String.valueOf(RecordSizeLimits.BROKER))
            .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");

    ContainerPlatform() {
        postgres.withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200");
        postgres.start();
        kafka.start();
    }

    @Override
    public String jdbcUrl() {
        return postgres.getJdbcUrl();
    }

    @Override
    public String user() {
        return postgres.getUsername();
    }

    @Override
    public String password() {
        return postgres.getPassword();
    }

    @Override
    public String bootstrapServers() {
        return kafka.getBootstrapServers();
    }

    @Override
    public void close() {
        kafka.stop();
        postgres.stop();
    }
}
