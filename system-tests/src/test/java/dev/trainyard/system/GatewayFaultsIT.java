package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.Topics;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Gateways that die, or are told to end, at a chosen statement: a lock of the test holds them there. */
class GatewayFaultsIT {
    @RegisterExtension
    static final Trial trial = new Trial();

    /** That of OutboxRelay in the gateway: whoever holds it is the relay. */
    private static final String BE_THE_RELAY = "select pg_advisory_xact_lock(%d)".formatted(0x747261696e796172L);

    private static final String JOBS = "select count(*) from job";
    private static final String UNSENT = "select count(*) from outbox where record_key = ?";

    @Test
    void aGatewayThatIsKilledBeforeItsCommitHasPromisedNothingAndKeptNothing() throws Exception {
        Database database = trial.database();
        String id = Trial.newId();
        long before = database.number(JOBS);
        CompletableFuture<Gateway.Answer> answer;
        // all of the job is written then, and only the commit is to come
        try (Database.Held lock = database.hold("lock table idempotency_key in exclusive mode")) {
            answer = trial.gateway(1).submit(Trial.small(1), id);
            database.awaitBlocked("insert into idempotency_key");
            trial.faults().kill("gateway-1");
        }
        assertThat(isPromised(answer)).isFalse();
        assertThat(database.number(JOBS)).isEqualTo(before);

        String key = trial.submit(Trial.small(1), id);
        assertThat(trial.submit(Trial.small(1), id)).isEqualTo(key);
        assertThat(database.number(JOBS)).isEqualTo(before + 1);
        trial.awaitStatus(key, "success");
    }

    @Test
    void aJobWhoseGatewaysAreKilledAfterTheCommitIsRelayedByTheNextOnes() throws Exception {
        Database database = trial.database();
        String key;
        try (Database.Held relay = database.hold(BE_THE_RELAY)) {
            key = trial.accepted(
                    trial.gateway(1).submit(Trial.small(1), Trial.newId()).join());
            assertThat(database.number(UNSENT, key)).isOne();
            trial.faults().kill("gateway-1");
            trial.faults().kill("gateway-2");
            assertThat(database.number("select count(*) from job where key = cast(? as uuid)", key))
                    .isOne();
            assertThat(database.number(UNSENT, key)).isOne();
        }
        trial.awaitStatus(key, "success");
        assertThat(trial.claims(key)).containsExactly(1);
        assertThat(database.number(UNSENT, key)).isZero();
    }

    @Test
    void aRecordWhoseRelayIsKilledBetweenSendAndDeleteGoesTwiceAndRunsOnce() throws Exception {
        Database database = trial.database();
        String key;
        try (Database.Held relay = database.hold(BE_THE_RELAY)) {
            key = trial.submit(Trial.small(1));
            try (Database.Held row = database.hold("select 1 from outbox where record_key = ? for update", key)) {
                relay.close();
                database.awaitBlocked("delete from outbox");
                assertThat(trial.records(Topics.TRAIN_JOBS, key)).hasSize(1);
                trial.faults().kill("gateway-1"); // one of them is the relay
                trial.faults().kill("gateway-2");
            }
        }
        Trial.await("the second record")
                .until(() -> trial.records(Topics.TRAIN_JOBS, key).size() >= 2);
        trial.awaitStatus(key, "success");
        assertThat(trial.claims(key)).containsExactly(1);
        Trial.await("the row's end").until(() -> database.number(UNSENT, key) == 0);
    }

    @Test
    void aGatewayThatIsToldToEndAnswersFirstWhoeverWaits() throws Exception {
        String id = Trial.newId();
        CompletableFuture<Gateway.Answer> answer = trial.gateway(1).submit(Trial.endless(), id, "Prefer", "wait=4");
        String[] key = new String[1];
        Trial.await("the job").until(() -> (key[0] = jobOf(id)) != null);
        trial.accepted(key[0]);
        ProcessHandle gateway = trial.faults().process("gateway-1").orElseThrow();
        gateway.destroy();

        assertThat(answer).succeedsWithin(Trial.LIMIT);
        assertThat(answer.join().status()).isEqualTo(202);
        assertThat(answer.join().key()).isEqualTo(key[0]);
        Trial.await("the gateway's end")
                .until(() -> trial.platform().launcher().said().contains("gateway-1 ended with status 0"));
        assertThat(trial.gateway(2).wish(key[0], "cancel").join().status()).isEqualTo(200);
    }

    private static String jobOf(String id) throws SQLException {
        return trial.database().text("select job_key from idempotency_key where key = ?", id);
    }

    /** Whether the answer is, or will be, that the job is kept. */
    private static boolean isPromised(CompletableFuture<Gateway.Answer> answer) {
        return answer.handle((given, failure) -> failure == null && given.status() == 202)
                .join();
    }
}
