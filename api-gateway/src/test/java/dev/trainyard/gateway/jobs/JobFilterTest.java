package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.job.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Filtered lists of jobs among many others on a real database. */
class JobFilterTest {
    private static final int OTHERS = 20_000;
    private static final int WANTED = 7;
    private static final Instant OLD = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NEW = Instant.parse("2026-02-01T00:00:00Z");

    private final Jdbi jdbi = TestDatabase.create();
    private final JobQueries queries = new JobQueries(jdbi);

    /** Matching jobs lie among the others, so that no page of the newest jobs holds all of them. */
    @BeforeEach
    void fewJobsAmongMany() {
        insert(OTHERS / 2, "lenet5", "DigitModel", null, "11111111", OLD);
        insert(WANTED, "mlp", "OtherModel", 3, "22222222", NEW);
        insert(OTHERS / 2, "lenet5", "DigitModel", null, "11111111", OLD);
        jdbi.useHandle(handle -> handle.execute("analyze job"));
    }

    private void insert(int count, String network, String model, Integer version, String key, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into job (key, status, config, epochs, model_version, created_at, ended_at, pool)
                        select cast(:key || substr(cast(gen_random_uuid() as text), 9) as uuid),
                            case when cast(:version as integer) is null then 'cancelled' else 'success' end,
                            jsonb_build_object('network', :network, 'model', :model), 1, :version, cast(:at as timestamptz), now(),
                            case when :network = 'mlp' then 'gpu' else 'default' end
                        from generate_series(1, :count)
                        """)
                .bind("key", key)
                .bind("network", network)
                .bind("model", model)
                .bind("version", version)
                .bind("at", at.toString())
                .bind("count", count)
                .execute());
    }

    private static JobFilter trials(UUID study) {
        return new JobFilter(null, null, null, null, null, null, null, null, "default", new JobFilter.Trials(study));
    }

    @Test
    void trialsAreLeftOutUnlessTheirStudyIsNamed() {
        UUID study = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.createUpdate("update job set study = :study, trial = 0 where config ->> 'network' = 'mlp'")
                    .bind("study", study)
                    .execute();
            handle.execute("analyze job");
        });
        assertThat(queries.list(trials(null), 500, null).jobs()).hasSize(500).noneMatch(job -> job.study() != null);
        assertThat(queries.list(trials(study), 500, null).jobs())
                .hasSize(WANTED)
                .allMatch(job -> study.equals(job.study()) && Integer.valueOf(0).equals(job.trial()));
        assertThat(plan(trials(study))).anyMatch(line -> line.contains("job_by_study"));
        // an index without trials pays where most jobs are trials
        jdbi.useHandle(handle -> {
            handle.execute(
                    "update job set study = gen_random_uuid(), trial = 0 where study is null and number % 100 > 0");
            handle.execute("analyze job");
        });
        assertThat(plan(trials(null))).anyMatch(line -> line.contains("job_by_project_without_trials"));
    }

    static Stream<Arguments> filters() {
        JobFilter.KeyRange keys = new JobFilter.KeyRange(
                UUID.fromString("22222222-0000-0000-0000-000000000000"),
                UUID.fromString("22222222-ffff-ffff-ffff-ffffffffffff"));
        return Stream.of(
                Arguments.of(
                        "status", new JobFilter(JobStatus.SUCCEEDED, null, null, null, null, null, null, null, null)),
                Arguments.of("network", new JobFilter(null, "mlp", null, null, null, null, null, null, null)),
                Arguments.of("model", new JobFilter(null, null, "OtherModel", null, null, null, null, null, null)),
                Arguments.of("version", new JobFilter(null, null, null, 3, null, null, null, null, null)),
                Arguments.of("key", new JobFilter(null, null, null, null, keys, null, null, null, null)),
                Arguments.of("pool", new JobFilter(null, "mlp", null, null, null, "gpu", null, null, null)),
                Arguments.of("time", new JobFilter(null, null, null, null, null, null, NEW, NEW.plusMillis(1), null)),
                Arguments.of(
                        "all of them",
                        new JobFilter(
                                JobStatus.SUCCEEDED,
                                "mlp",
                                "OtherModel",
                                3,
                                keys,
                                "gpu",
                                NEW,
                                NEW.plusMillis(1),
                                null)));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void pagesHoldOnlyJobsThatMatchTheFilter(String what, JobFilter filter) {
        List<JobView> read = new ArrayList<>();
        Cursor after = null;
        for (int page = 0; page < 4; page++) {
            JobView.Page found = queries.list(filter, 2, after);
            read.addAll(found.jobs());
            after = found.nextCursor() == null
                    ? null
                    : Cursor.parse(found.nextCursor()).orElseThrow();
            assertThat(after == null).as(what).isEqualTo(page == 3);
        }
        assertThat(read).hasSize(WANTED).doesNotHaveDuplicates();
        assertThat(read)
                .allSatisfy(
                        job -> assertThat(job.config().path("network").asText()).isEqualTo("mlp"));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void filtersUseAnIndex(String what, JobFilter filter) {
        List<String> plan = plan(filter);
        // projects are few and read whole for the shares of the queue
        assertThat(plan).as(what).noneMatch(line -> line.matches(".*Seq Scan on (?!project\\b).*"));
        // an index for the filter, not that of all jobs by number
        assertThat(plan).as(what).anyMatch(line -> line.matches(".*(job_by_|job_pkey).*"));
    }

    private List<String> plan(JobFilter filter) {
        return jdbi.withHandle(handle -> handle.createQuery("explain " + JobQueries.page(filter))
                .bind("after", Long.MAX_VALUE)
                .bindMap(filter.values())
                .bind("limit", 51)
                .mapTo(String.class)
                .list());
    }

    @Test
    void theTimeRangeIncludesItsStartAndExcludesItsEnd() {
        assertThat(queries.list(
                                new JobFilter(null, null, null, null, null, null, NEW.plusMillis(1), null, null),
                                10,
                                null)
                        .jobs())
                .isEmpty();
        assertThat(queries.list(new JobFilter(null, "mlp", null, null, null, null, null, NEW, null), 10, null)
                        .jobs())
                .isEmpty();
    }

    @Test
    void withoutAFilterTheNewestJobsAreListed() {
        assertThat(queries.list(JobFilter.ALL, 500, null).jobs()).hasSize(500);
    }
}
