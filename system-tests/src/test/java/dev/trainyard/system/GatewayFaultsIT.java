package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Gateways that are killed or stopped at a chosen SQL statement, where a lock of the test holds them. */
class GatewayFaultsIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    /** The advisory lock of the gateway's outbox relay. */
    private static final String BE_THE_RELAY = "select pg_advisory_xact_lock(%d)".formatted(0x747261696e796172L);

    private static final String JOBS = "select count(*) from job";
    private static final String UNSENT = "select count(*) from outbox where record_key = ?";

    @Test
    void aGatewayKilledBeforeTheCommitAcceptsNothing() throws Exception {
        TestDatabase database = platform.database();
        String id = PlatformExtension.newId();
        long before = database.number(JOBS);
        CompletableFuture<GatewayClient.Response> answer;
        // the whole job has been written by then, only the commit is missing
        try (TestDatabase.HeldLock lock = database.hold("lock table idempotency_key in exclusive mode")) {
            answer = platform.gateway(1).submit(PlatformExtension.small(1), id);
            database.awaitBlocked("insert into idempotency_key");
            platform.faults().kill("gateway-1");
        }
        assertThat(isPromised(answer)).isFalse();
        assertThat(database.number(JOBS)).isEqualTo(before);

        String key = platform.submit(PlatformExtension.small(1), id);
        assertThat(platform.submit(PlatformExtension.small(1), id)).isEqualTo(key);
        assertThat(database.number(JOBS)).isEqualTo(before + 1);
        platform.awaitStatus(key, "success");
    }

    @Test
    void aJobCommittedBeforeAKillIsRelayedAfterTheRestart() throws Exception {
        TestDatabase database = platform.database();
        String key;
        try (TestDatabase.HeldLock relay = database.hold(BE_THE_RELAY)) {
            key = platform.accepted(platform.gateway(1)
                    .submit(PlatformExtension.small(1), PlatformExtension.newId())
                    .join());
            PlatformExtension.await("the dispatch").until(() -> database.number(UNSENT, key) == 1);
            platform.faults().kill("gateway-1");
            platform.faults().kill("gateway-2");
            assertThat(database.number("select count(*) from job where key = cast(? as uuid)", key))
                    .isOne();
            assertThat(database.number(UNSENT, key)).isOne();
        }
        platform.awaitStatus(key, "success");
        assertThat(platform.claims(key)).containsExactly(1);
        assertThat(database.number(UNSENT, key)).isZero();
    }

    @Test
    void aRelayKilledBetweenSendAndDeleteSendsTwiceAndTheJobRunsOnce() throws Exception {
        TestDatabase database = platform.database();
        String key;
        try (TestDatabase.HeldLock relay = database.hold(BE_THE_RELAY)) {
            key = platform.submit(PlatformExtension.small(1));
            PlatformExtension.await("the dispatch").until(() -> database.number(UNSENT, key) == 1);
            try (TestDatabase.HeldLock row =
                    database.hold("select 1 from outbox where record_key = ? for update", key)) {
                relay.close();
                database.awaitBlocked("delete from outbox");
                assertThat(platform.records(Topics.TRAIN_JOBS, key))
                        .isNotEmpty(); // it is sent again while it cannot be deleted
                platform.faults().kill("gateway-1"); // one of the two is the relay
                platform.faults().kill("gateway-2");
            }
        }
        PlatformExtension.await("the second record")
                .until(() -> platform.records(Topics.TRAIN_JOBS, key).size() >= 2);
        platform.awaitStatus(key, "success");
        assertThat(platform.claims(key)).containsExactly(1);
        PlatformExtension.await("the row's end").until(() -> database.number(UNSENT, key) == 0);
    }

    @Test
    void aKilledLeaderIsReplaced() throws Exception {
        TestDatabase database = platform.database();
        PlatformExtension.await("a leader").until(() -> leads(1) || leads(2));
        long term = database.number("select term from leader");
        int leader = leads(1) ? 1 : 2;
        platform.faults().kill("gateway-" + leader);
        PlatformExtension.await("the next leader").until(() -> database.number("select term from leader") > term);
    }

    @Test
    void aStoppingGatewayAnswersPendingRequestsFirst() throws Exception {
        String id = PlatformExtension.newId();
        CompletableFuture<GatewayClient.Response> answer =
                platform.gateway(1).submit(PlatformExtension.endless(), id, "Prefer", "wait=4");
        String[] key = new String[1];
        PlatformExtension.await("the job").until(() -> (key[0] = jobOf(id)) != null);
        platform.accepted(key[0]);
        ProcessHandle gateway = platform.faults().process("gateway-1").orElseThrow();
        gateway.destroy();

        assertThat(answer).succeedsWithin(PlatformExtension.LIMIT);
        assertThat(answer.join().status()).isEqualTo(202);
        assertThat(answer.join().key()).isEqualTo(key[0]);
        PlatformExtension.await("the gateway's end")
                .until(() -> platform.sharedPlatform().launcher().output().contains("gateway-1 ended with status 0"));
        assertThat(platform.gateway(2).requestAction(key[0], "cancel").join().status())
                .isEqualTo(200);
    }

    private static boolean leads(int gateway) throws IOException, InterruptedException {
        URI metrics = URI.create(platform.gateway(gateway).url() + "/q/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .contains("trainyard_leader 1.0");
    }

    private static String jobOf(String id) throws SQLException {
        return platform.database().text("select job_key from idempotency_key where key = ?", id);
    }

    /** Returns true if the gateway accepts the job. */
    private static boolean isPromised(CompletableFuture<GatewayClient.Response> answer) {
        return answer.handle((given, failure) -> failure == null && given.status() == 202)
                .join();
    }
}
