package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database that crashes or drops its connections: submits are refused, and accepted jobs continue. */
@Tag("full")
class DatabaseFaultsIT {
    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void aDatabaseOutageRefusesSubmitsAndAcceptedJobsContinue() throws Exception {
        String running = platform.submit(PlatformExtension.small(6));
        platform.awaitEpoch(running, 1);
        List<String> ids = new ArrayList<>();
        List<GatewayClient.Response> refused = new ArrayList<>();

        Outage outage = Outage.of(platform.faults(), "postgres", Duration.ofSeconds(3));
        while (outage.isOngoing()) {
            for (int number = 1; number <= 2; number++) {
                ids.add(PlatformExtension.newId());
                submitOrRecordRefusal(platform.gateway(number), ids.get(ids.size() - 1), refused);
                assertThat(platform.gateway(number).predict(8).join().status()).isEqualTo(200);
            }
        }
        outage.awaitEnd();

        assertThat(refused).isNotEmpty().allMatch(GatewayClient.Response::isUnavailable);
        assertThat(platform.gateway(1).job(running).join().status()).isIn(200, 503);
        platform.submit(PlatformExtension.small(1), ids.get(0));
        platform.submit(PlatformExtension.small(1), ids.get(ids.size() - 1));
        platform.awaitAllToBe("success");
        assertThat(platform.claims(running)).containsExactly(1);
    }

    @Test
    void repeatedConnectionLossLosesNoJob() throws Exception {
        String running = platform.submit(PlatformExtension.small(6));
        platform.awaitEpoch(running, 1);
        List<String> ids = new ArrayList<>();
        List<GatewayClient.Response> refused = new ArrayList<>();

        for (int i = 0; i < 4; i++) {
            assertThat(platform.database().terminateAllConnections()).isPositive();
            ids.add(PlatformExtension.newId());
            submitOrRecordRefusal(platform.gateway(1 + i % 2), ids.get(i), refused);
            long epochs = epochs(running);
            PlatformExtension.await("an epoch after the cut").until(() -> epochs(running) > Math.min(epochs, 5));
        }

        assertThat(refused).allMatch(GatewayClient.Response::isUnavailable);
        ids.forEach(id -> platform.submit(PlatformExtension.small(1), id));
        platform.awaitAllToBe("success");
        assertThat(platform.claims(running)).containsExactly(1);
    }

    private static long epochs(String key) throws SQLException {
        return platform.database().number("select count(*) from job_epoch where job_key = cast(? as uuid)", key);
    }

    private static void submitOrRecordRefusal(GatewayClient gateway, String id, List<GatewayClient.Response> refused) {
        GatewayClient.Response answer =
                gateway.submit(PlatformExtension.small(1), id).join();
        if (answer.status() == 202) {
            platform.accepted(answer);
        } else {
            refused.add(answer);
        }
    }
}
