package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class NotifierTest {
    private static final Duration NEVER = Duration.ofDays(1);

    private final Jdbi jdbi = TestDatabase.create();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Gateway one = new Gateway();
    private final Gateway other = new Gateway();

    /** A gateway with one task for each topic. */
    private final class Gateway {
        final BackgroundTasks tasks = new BackgroundTasks(new SimpleMeterRegistry(), Clock.systemUTC(), () -> false);
        final Notifier notifier = new Notifier(tasks, jdbi, NEVER);
        final Semaphore jobs = task(ChangeTopic.JOBS);
        final Semaphore models = task(ChangeTopic.MODELS);

        Gateway() {
            NotificationListener listener = new NotificationListener(database(), notifier);
            open.add(listener);
            open.add(tasks);
            tasks.resume();
            awaitRuns(jobs, models);
            tasks.start("notifications", TaskScope.EVERY_GATEWAY, listener);
            awaitRuns(jobs, models); // it listens now
        }

        private Semaphore task(ChangeTopic topic) {
            Semaphore runs = new Semaphore(0);
            tasks.add(PeriodicTask.every(NEVER, topic.wireName(), runs::release).on(topic));
            return runs;
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void aChangeRunsTheTasksOfItsTopicOnceOnEveryGateway() throws Exception {
        one.notifier.publish(ChangeTopic.JOBS);
        awaitRuns(one.jobs, other.jobs);
        flush(ChangeTopic.MODELS); // later on the same channel, so that the first one has arrived
        awaitRuns(other.models);
        assertThat(one.jobs.tryAcquire()).isFalse();
        assertThat(other.jobs.tryAcquire()).isFalse();
    }

    @Test
    void manyChangesAreCombined() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            one.notifier.publish(ChangeTopic.JOBS);
        }
        awaitRuns(other.jobs);
        flush(ChangeTopic.MODELS);
        awaitRuns(other.models);
        assertThat(other.jobs.availablePermits()).isLessThan(500);
    }

    @Test
    void aChangeOfModelsIsAnnouncedByTheDatabase() {
        jdbi.useHandle(handle -> handle.execute("update model_revision set revision = revision + 1"));
        awaitRuns(one.models, other.models);
    }

    @Test
    void aTopicOfALaterReleaseIsIgnored() {
        jdbi.useHandle(handle -> {
            handle.execute("select pg_notify('trainyard', 'x:later')");
            handle.execute("select pg_notify('trainyard', 'unreadable')");
        });
        flush(ChangeTopic.JOBS);
        awaitRuns(other.jobs);
    }

    @Test
    void afterALostConnectionAllTasksRunAndNotificationsArriveAgain() {
        jdbi.useHandle(handle -> handle.execute("select pg_terminate_backend(pid) from pg_stat_activity "
                + "where datname = current_database() and query ilike 'listen%'"));
        awaitRuns(one.jobs, one.models, other.jobs, other.models);
        one.notifier.publish(ChangeTopic.JOBS);
        awaitRuns(other.jobs);
    }

    private void flush(ChangeTopic topic) {
        one.notifier.publish(topic);
        one.notifier.flush();
    }

    private PGSimpleDataSource database() {
        TestPlatform platform = TestPlatform.shared();
        PGSimpleDataSource database = new PGSimpleDataSource();
        String name = jdbi.withHandle(handle -> handle.createQuery("select current_database()")
                .mapTo(String.class)
                .one());
        database.setUrl(platform.jdbcUrl().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1"));
        database.setUser(platform.user());
        database.setPassword(platform.password());
        return database;
    }

    private static void awaitRuns(Semaphore... tasks) {
        for (Semaphore runs : tasks) {
            try {
                assertThat(runs.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
