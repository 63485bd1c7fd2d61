package dev.trainyard.benchmarks.events;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import dev.trainyard.standalone.postgres.PostgresCluster;
import dev.trainyard.system.chaos.ChaosClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends the events of 1,000 runs as fast as possible, and measures how fast one gateway applies them. */
public final class EventsBenchmark {
    private static final int RUNS = 1_000;
    private static final int WARM_UP_ROUNDS = 5;
    private static final int ROUNDS = 20;
    /** A trainer reports progress every second and a heartbeat every five. */
    private static final int HEARTBEAT_EVERY = 6;

    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp","train_args":{"epochs":1},"promote":"never"}""";

    private record Run(UUID key, UUID token) {}

    private EventsBenchmark() {}

    /** @param home the clone, with the services built */
    public static void run(Path home) throws Exception {
        Path data = Files.createTempDirectory("trainyard-events");
        PlatformOptions options = new PlatformOptions(home, data, null, 1, 0, 0);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println);
                Connection database = open(platform.dataDir());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(platform.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            new ChaosClient(platform.urls()).submit(CONFIG, "template");
            List<Run> runs = start(database);
            send(producer, runs, 0, WARM_UP_ROUNDS);
            awaitApplied(database, WARM_UP_ROUNDS - 1);
            long wal = number(database, "select cast(pg_current_wal_lsn() - '0/0' as bigint)");
            long startedAt = System.nanoTime();
            long bytes = send(producer, runs, WARM_UP_ROUNDS, WARM_UP_ROUNDS + ROUNDS);
            awaitApplied(database, WARM_UP_ROUNDS + ROUNDS - 1);
            double seconds = (System.nanoTime() - startedAt) / 1e9;
            int events = RUNS * ROUNDS;
            Table.row(
                    "events of running jobs applied by one gateway",
                    Table.format("%,.0f events/s", events / seconds),
                    "",
                    "",
                    "");
            Table.row(
                    "for each event: record in Kafka, write-ahead log of PostgreSQL",
                    Table.format(
                            "%,d bytes, %,d bytes",
                            bytes / events,
                            (number(database, "select cast(pg_current_wal_lsn() - '0/0' as bigint)") - wal) / events),
                    "",
                    "",
                    "");
        }
    }

    private static Connection open(Path data) throws Exception {
        Path folder = data.resolve("postgres");
        PostgresCluster cluster = PostgresCluster.in(folder);
        int port = Integer.parseInt(
                Files.readAllLines(folder.resolve("data/postmaster.pid")).get(3));
        return DriverManager.getConnection(cluster.url(port), PostgresCluster.USER, cluster.password());
    }

    /** Makes copies of the submitted job that run, each on a trainer of its own. */
    private static List<Run> start(Connection database) throws SQLException {
        List<Run> runs = new ArrayList<>();
        try (ResultSet rows = database.createStatement().executeQuery("""
                        with template as (select config, epochs from job limit 1)
                        insert into job (key, status, config, epochs, token, worker, lease_expires_at, started_at, claimed_at)
                        select gen_random_uuid(), 'training_in_progress', config, epochs, gen_random_uuid(), 'bench-' || n,
                            now() + interval '1 hour', now(), now()
                        from template, generate_series(1, %d) n returning key, token
                        """.formatted(RUNS))) {
            while (rows.next()) {
                runs.add(new Run(rows.getObject(1, UUID.class), rows.getObject(2, UUID.class)));
            }
        }
        return runs;
    }

    /** Returns the bytes of the sent records. */
    private static long send(KafkaProducer<byte[], byte[]> producer, List<Run> runs, int from, int to) {
        long bytes = 0;
        for (int sequence = from; sequence < to; sequence++) {
            TrainEvent.Fact fact = sequence % HEARTBEAT_EVERY == HEARTBEAT_EVERY - 1
                    ? new TrainEvent.Heartbeat()
                    : new TrainEvent.Progress(1, 0.5, 0.5, 25_000, 30, "vector 1");
            for (Run run : runs) {
                byte[] key = run.key().toString().getBytes(StandardCharsets.UTF_8);
                byte[] value = WireJson.write(new TrainEvent(
                        Versioned.CURRENT, run.key(), 1, run.token(), sequence, "bench", Instant.now(), fact));
                producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, key, value));
                bytes += key.length + value.length;
            }
        }
        producer.flush();
        return bytes;
    }

    private static void awaitApplied(Connection database, int sequence) throws SQLException, InterruptedException {
        while (number(database, "select min(last_sequence) from job where worker like 'bench-%'") < sequence) {
            Thread.sleep(50); // the database announces no progress
        }
    }

    private static long number(Connection database, String query) throws SQLException {
        try (ResultSet rows = database.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
