package dev.trainyard.gateway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What counts as load of a pool, on a real database. */
class PoolLoadTest {
    private final Jdbi jdbi = TestDatabase.create();

    private void project(String name, Integer maxRunning) {
        jdbi.useHandle(
                handle -> handle.execute("insert into project (name, max_running) values (?, ?)", name, maxRunning));
    }

    private void queued(int count, String pool, String project) {
        insert(count, "status, pool, project, dispatched_at", "'queued', '%s', '%s', null".formatted(pool, project));
    }

    private void handedOut(int count, String pool, String project) {
        insert(count, "status, pool, project", "'queued', '%s', '%s'".formatted(pool, project));
    }

    private void running(int count, String pool, String project) {
        insert(
                count,
                "status, token, pool, project",
                "'training_in_progress', gen_random_uuid(), '%s', '%s'".formatted(pool, project));
    }

    private void insert(int count, String columns, String values) {
        jdbi.useHandle(handle -> handle.execute("insert into job (key, config, epochs, " + columns
                + ") select gen_random_uuid(), '{}', 1, " + values + " from generate_series(1, " + count + ")"));
    }

    private PoolLoad load(String pool) {
        return jdbi.withHandle(handle -> PoolLoadQueries.of(handle, pool));
    }

    @Test
    void aPoolWithoutJobsHasNone() {
        queued(1, "gpu", "default");
        assertThat(load("default")).isEqualTo(new PoolLoad("default", 0, 0, 0));
    }

    @Test
    void jobsOfAllProjectsThatWaitAreOnTheirWayOrRunAreCounted() {
        project("vision", null);
        queued(3, "gpu", "default");
        queued(2, "gpu", "vision");
        handedOut(1, "gpu", "vision");
        running(4, "gpu", "vision");
        running(5, "default", "vision");
        assertThat(load("gpu")).isEqualTo(new PoolLoad("gpu", 6, 4, 10));
    }

    @Test
    void jobsThatEndedOrArePausedAreNot() {
        insert(2, "status, ended_at", "'success', now()");
        insert(1, "status, ended_at", "'cancelled', now()");
        insert(1, "status", "'paused'");
        assertThat(load("default").demand()).isZero();
    }

    @Test
    void jobsThatCouldNotStartAreNot() {
        insert(4, "status, dispatched_at, waiting", "'queued', null, true");
        insert(2, "status, dispatched_at, queued_at", "'queued', null, now() + interval '1 min'");
        assertThat(load("default").demand()).isZero();
    }

    @Test
    void aQuotaOfRunningJobsHoldsForAllPoolsTogether() {
        project("small", 3);
        project("stopped", 0);
        queued(10, "gpu", "small");
        queued(10, "gpu", "stopped");
        assertThat(load("gpu").demand()).isEqualTo(3);

        running(1, "default", "small");
        handedOut(1, "gpu", "small");
        assertThat(load("gpu")).isEqualTo(new PoolLoad("gpu", 2, 0, 2));

        running(4, "default", "small");
        assertThat(load("gpu")).as("above a quota that was lowered").isEqualTo(new PoolLoad("gpu", 1, 0, 1));
    }

    @Test
    void aLongQueueIsNotReadToItsEnd() {
        queued(PoolLoadQueries.MOST_COUNTED + 1, "default", "default");
        assertThat(load("default").queued()).isEqualTo(PoolLoadQueries.MOST_COUNTED);
    }

    @Test
    void noStatementReadsTheWholeTable() {
        insert(50_000, "status, ended_at", "'success', now()");
        queued(20_000, "default", "default");
        jdbi.useHandle(handle -> handle.execute("analyze job"));
        String plan = jdbi.withHandle(handle -> String.join(
                "\n",
                handle.createQuery("explain " + PoolLoadQueries.LOAD)
                        .bind("pool", "default")
                        .bind("most", PoolLoadQueries.MOST_COUNTED)
                        .mapTo(String.class)
                        .list()));
        assertThat(plan).contains("job_to_dispatch").doesNotContain("Seq Scan on job");
    }
}
