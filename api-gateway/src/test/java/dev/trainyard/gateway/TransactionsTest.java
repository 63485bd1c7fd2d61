package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.models.ModelRouteEntity;
import dev.trainyard.gateway.models.RegistryProfile;
import dev.trainyard.gateway.outbox.OutboxWriter;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.TransactionalException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Entities, Jdbi and the outbox share one transaction. */
@QuarkusTest
@TestProfile(RegistryProfile.class)
@QuarkusTestResource(PlatformResource.class)
class TransactionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Inject
    @Identifier(Transactions.EDGE)
    Transactions transactions;

    @Inject
    Jdbi jdbi;

    @Inject
    EntityManager entities;

    @Inject
    OutboxWriter outbox;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private final String name = "T-" + UUID.randomUUID();

    @BeforeEach
    void makeATableForTheSql() {
        jdbi.useHandle(handle -> handle.execute("create table if not exists written (name text primary key)"));
    }

    @Test
    void theDatabaseCompilesNoQuery() {
        String jit = jdbi.withHandle(
                handle -> handle.createQuery("show jit").mapTo(String.class).one());
        assertThat(jit).isEqualTo("off");
    }

    @Test
    void entitiesAndSqlAreCommittedTogether() {
        transactions.run(this::writeBoth);
        assertThat(rows("model_route")).isOne();
        assertThat(rows("written")).isOne();
    }

    @Test
    void entitiesAndSqlAreRolledBackTogether() {
        assertThatThrownBy(() -> transactions.run(() -> {
                    writeBoth();
                    entities.flush();
                    throw new IllegalStateException("afterwards");
                }))
                .hasMessage("afterwards");
        assertThat(rows("model_route")).isZero();
        assertThat(rows("written")).isZero();
    }

    @Test
    void aFailedPartRollsBackTheWholeTransaction() {
        assertThatThrownBy(() -> transactions.run(() -> {
                    writeBoth();
                    assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                                throw new IllegalArgumentException("within");
                            }))
                            .hasMessage("within");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(rows("model_route")).isZero();
        assertThat(rows("written")).isZero();
    }

    @Test
    void nestedCallsJoinTheTransaction() {
        assertThatThrownBy(() -> transactions.run(() -> {
                    transactions.run(this::writeBoth);
                    throw new IllegalStateException("afterwards");
                }))
                .hasMessage("afterwards");
        assertThat(rows("model_route")).isZero();
        assertThat(rows("written")).isZero();
    }

    @Test
    void anUnconfirmedCommitIsATransientErrorWithUnknownResult() {
        assertThatThrownBy(() -> transactions.run(() -> {
                    writeBoth();
                    entities.flush();
                    endTheBackend();
                }))
                .isInstanceOf(TransactionException.class)
                .matches(TransientErrors::isTransient);
        assertThat(rows("written")).isZero();
    }

    @Test
    void aLostConnectionIsATransientError() {
        assertThatThrownBy(() -> transactions.run(() -> {
                    endTheBackend();
                    entities.find(ModelRouteEntity.class, name);
                }))
                .isInstanceOf(JdbiException.class)
                .hasCauseInstanceOf(PersistenceException.class)
                .matches(TransientErrors::isTransient);
    }

    @Test
    void withoutATransactionNothingCanBeWritten() {
        assertThatThrownBy(() -> entities.persist(route())).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> outbox.remove(Topics.MODELS, name)).isInstanceOf(TransactionalException.class);
        assertThat(rows("model_route")).isZero();
    }

    /** The version is written by Hibernate, the job by Jdbi; the last statement of the transaction fails. */
    @Test
    void aJobSucceedsTogetherWithItsModelOrNotAtAll() throws Exception {
        String key = given().contentType("application/json")
                .body("""
                        {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                         "train_args":{"batch_size":32,"epochs":1},"promote":"always"}""")
                .post("/api/v1/train")
                .jsonPath()
                .getString("key");
        String versions = "select count(*) from model_version where job_key = '" + key + "'";
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            FakeTrainer.Run run = trainer.take(key, 1).claim().epoch(1, 0.5);
            jdbi.useHandle(handle -> handle.execute("""
                    create sequence tried;
                    create function refuse() returns trigger language plpgsql as
                    $$ begin perform nextval('tried'); raise exception 'not now' using errcode = '40001'; end $$;
                    create trigger refuse before update on job for each row
                        when (new.model_version is not null) execute function refuse();
                    """));
            run.succeed(0.5);
            await().atMost(LIMIT).until(() -> one("select last_value from tried") >= 2);
            assertThat(one(versions)).isZero();
            assertThat(status(key)).isEqualTo("training_in_progress");

            jdbi.useHandle(handle -> handle.execute("drop trigger refuse on job"));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(status(key)).isEqualTo("success"));
            assertThat(one(versions)).isOne();
        }
    }

    private void writeBoth() {
        entities.persist(route());
        jdbi.useTransaction(handle -> handle.execute("insert into written values (?)", name));
    }

    private ModelRouteEntity route() {
        ModelRouteEntity route = new ModelRouteEntity();
        route.name = name;
        route.shadowAlias = "canary";
        return route;
    }

    /** Terminates the connection of the transaction at the database. */
    private void endTheBackend() {
        int backend = jdbi.withHandle(handle -> handle.createQuery("select pg_backend_pid()")
                .mapTo(Integer.class)
                .one());
        Thread other = new Thread(
                () -> jdbi.useHandle(handle -> handle.execute("select pg_terminate_backend(?, 10000)", backend)));
        other.start();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private long rows(String table) {
        return one("select count(*) from " + table + " where name = '" + name + "'");
    }

    private long one(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private static String status(String key) {
        return get("/api/v1/train/{key}", key).jsonPath().getString("status");
    }
}
