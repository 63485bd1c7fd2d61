package dev.trainyard.benchmarks.dispatch;

import dev.trainyard.benchmarks.drain.MnistSubset;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.standalone.TerminationSignal;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import dev.trainyard.standalone.postgres.PostgresCluster;
import dev.trainyard.system.chaos.ChaosClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Trainers work on a long queue of short jobs of five projects with different weights. All times are those that the
 * database holds.
 */
public final class DispatchBenchmark {
    private static final Map<String, Integer> WEIGHTS =
            new TreeMap<>(Map.of("one", 1, "two", 2, "three", 3, "four", 4, "ten", 10));
    private static final int JOBS = 10_000;
    private static final int TRAINERS = 2;
    /** Times are measured after the compilers of the gateway and the trainers have done most of their work. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final int TRAIN_IMAGES = 600;
    private static final int TEST_IMAGES = 200;
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "network_args":{"layer_size":16,"num_layers":1},
             "train_args":{"batch_size":100,"epochs":1},"save_weights":false,"promote":"never"}""";

    private DispatchBenchmark() {}

    /**
     * @param home the clone, with the services built
     * @param seconds for which the trainers are measured
     */
    public static void run(Path home, int seconds) throws Exception {
        Path data = Files.createTempDirectory("trainyard-dispatch");
        Path archive = data.resolve("small.npz");
        MnistSubset.write(home.resolve("data/mnist.npz"), archive, TRAIN_IMAGES, TEST_IMAGES);
        PlatformOptions options = new PlatformOptions(home, data, null, 1, TRAINERS, 0).withArchive(archive);
        TerminationSignal.install(); // closes the platform on Ctrl-C
        try (Platform platform = Platform.start(options, System.err::println)) {
            platform.awaitWorkers();
            ChaosClient client = new ChaosClient(platform.urls());
            for (int warmUp = 0; warmUp < 3 * TRAINERS; warmUp++) {
                client.submit(CONFIG, "warm-up-" + warmUp);
            }
            try (Connection database = open(platform.dataDir())) {
                Instant started = fillTheQueue(database);
                Thread.sleep(WARM_UP.toMillis() + seconds * 1_000L);
                List<StartedJob> jobs = startedJobs(database, started);
                Instant warm = started.plus(WARM_UP);
                report(
                        new DispatchFigures(jobs),
                        new DispatchFigures(jobs.stream()
                                .filter(job -> job.dispatched().isAfter(warm))
                                .toList()));
            }
        }
    }

    private static Connection open(Path data) throws IOException, SQLException {
        Path folder = data.resolve("postgres");
        PostgresCluster cluster = PostgresCluster.in(folder);
        int port = Integer.parseInt(
                Files.readAllLines(folder.resolve("data/postmaster.pid")).get(3));
        return DriverManager.getConnection(cluster.url(port), PostgresCluster.USER, cluster.password());
    }

    /** Inserts copies of a submitted job at once, because trainers would work on them while they were submitted. */
    private static Instant fillTheQueue(Connection database) throws SQLException {
        for (Map.Entry<String, Integer> project : WEIGHTS.entrySet()) {
            try (PreparedStatement insert = database.prepareStatement(
                    "insert into project (name, weight) values (?, ?) on conflict do nothing")) {
                insert.setString(1, project.getKey());
                insert.setInt(2, project.getValue());
                insert.execute();
            }
        }
        try (PreparedStatement insert = database.prepareStatement("""
                with template as (select config, epochs from job limit 1), added as (
                    insert into job (key, status, config, epochs, project, dispatched_at, queued_at)
                    select gen_random_uuid(), 'queued', config, epochs, (cast(? as text[]))[1 + n % ?], null,
                        now() + n * interval '1 us'
                    from template, generate_series(1, ?) n returning 1)
                select now() from added limit 1
                """)) {
            insert.setArray(1, database.createArrayOf("text", WEIGHTS.keySet().toArray()));
            insert.setInt(2, WEIGHTS.size());
            insert.setInt(3, JOBS);
            try (ResultSet now = insert.executeQuery()) {
                now.next();
                return now.getObject(1, OffsetDateTime.class).toInstant();
            }
        }
    }

    private static List<StartedJob> startedJobs(Connection database, Instant since) throws SQLException {
        List<StartedJob> jobs = new ArrayList<>();
        try (PreparedStatement query = database.prepareStatement("""
                select project, worker, dispatched_at, claimed_at, ended_at from job
                where dispatched_at is not null and queued_at >= ? and attempt = 1
                """)) {
            query.setObject(1, since.atOffset(ZoneOffset.UTC));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    jobs.add(new StartedJob(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getObject(3, OffsetDateTime.class).toInstant(),
                            instant(rows.getObject(4, OffsetDateTime.class)),
                            instant(rows.getObject(5, OffsetDateTime.class))));
                }
            }
        }
        return jobs;
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    private static void report(DispatchFigures figures, DispatchFigures warm) {
        row("from a free trainer to the next job's record", warm.dispatchMillis(TRAINERS), "p99 < 50 ms");
        row("trainer idle between two jobs", warm.idleMillis(), "≤ 500 ms");
        Table.row(
                "largest distance of a share from its weight over any %d starts".formatted(DispatchFigures.WINDOW),
                Table.format("%.1f %%", figures.shareError(WEIGHTS)),
                "",
                "",
                "≤ 5 %");
    }

    private static void row(String what, List<Double> millis, String target) {
        Table.row(
                what,
                Table.format(
                        "p50 %.1f ms, p99 %.1f ms, largest %.1f ms",
                        DispatchFigures.percentile(millis, 50),
                        DispatchFigures.percentile(millis, 99),
                        DispatchFigures.percentile(millis, 100)),
                "%d jobs, %,d queued".formatted(millis.size(), JOBS),
                "",
                target);
    }
}
