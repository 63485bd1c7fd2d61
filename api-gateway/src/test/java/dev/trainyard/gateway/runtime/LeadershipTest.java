package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.TestDatabase;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class LeadershipTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Jdbi jdbi = TestDatabase.create();
    private final AtomicInteger gained = new AtomicInteger();

    @Test
    void oneGatewayLeadsAndKeepsItsTermWhenItRenewsItsLease() {
        Leadership one = new Leadership(jdbi, LONG);
        Leadership other = new Leadership(jdbi, LONG);
        one.renew(gained::incrementAndGet);
        other.renew(gained::incrementAndGet);
        assertThat(one.renew(gained::incrementAndGet)).isEqualTo(one.interval());
        assertThat(one.isLeader()).isTrue();
        assertThat(other.isLeader()).isFalse();
        assertThat(gained).hasValue(1);
        assertThat(term()).isEqualTo(1);
    }

    @Test
    void aKilledLeaderIsReplacedWhenItsLeaseExpires() {
        Leadership killed = new Leadership(jdbi, SHORT);
        Leadership next = new Leadership(jdbi, LONG);
        killed.renew(gained::incrementAndGet);
        Duration wait = next.renew(gained::incrementAndGet);
        assertThat(wait).isPositive().isLessThanOrEqualTo(SHORT.plusMillis(1));
        await().pollDelay(wait).untilAsserted(() -> {
            assertThat(killed.isLeader()).isFalse(); // by its own clock, before another gateway leads
            next.renew(gained::incrementAndGet);
            assertThat(next.isLeader()).isTrue();
        });
        assertThat(term()).isEqualTo(2);
    }

    @Test
    void theTransactionsOfAnEarlierLeaderAreRefused() {
        Leadership frozen = new Leadership(jdbi, SHORT);
        Leadership next = new Leadership(jdbi, LONG);
        frozen.renew(gained::incrementAndGet);
        jdbi.useHandle(frozen::check);
        await().until(() -> {
            next.renew(gained::incrementAndGet);
            return next.isLeader();
        });
        assertThatThrownBy(() -> jdbi.useTransaction(frozen::check)).isInstanceOf(Fence.LeadershipLostException.class);
        jdbi.useHandle(next::check);
        frozen.renew(gained::incrementAndGet);
        assertThat(frozen.isLeader()).isFalse();
        assertThat(gained).hasValue(2);
    }

    @Test
    void aLeaderWithAnExpiredLeaseContinuesItsTermIfNoOtherTookOver() {
        Leadership one = new Leadership(jdbi, SHORT);
        one.renew(gained::incrementAndGet);
        await().until(() -> !one.isLeader());
        one.renew(gained::incrementAndGet);
        assertThat(one.isLeader()).isTrue();
        assertThat(term()).isEqualTo(1);
        assertThat(gained).hasValue(2); // its tasks were skipped in between
    }

    @Test
    void aStoppedLeaderIsReplacedAtOnceAndDoesNotReturn() {
        Leadership stopped = new Leadership(jdbi, LONG);
        Leadership next = new Leadership(jdbi, LONG);
        stopped.renew(gained::incrementAndGet);
        stopped.release();
        stopped.renew(gained::incrementAndGet);
        assertThat(stopped.isLeader()).isFalse();
        next.renew(gained::incrementAndGet);
        assertThat(next.isLeader()).isTrue();
    }

    @Test
    void otherGatewaysHandOutJobsWhileALeaderOfTheReleaseBeforeDoesNot() {
        Leadership one = new Leadership(jdbi, SHORT);
        jdbi.useHandle(handle -> handle.execute(
                "update leader set holder = gen_random_uuid(), term = 7, " + "expires_at = now() + interval '1 s'"));
        one.renew(gained::incrementAndGet);
        assertThat(one.isLeader()).isFalse();
        assertThat(one.dispatches()).isTrue();
        jdbi.useHandle(one::checkDispatch);

        Leadership next = new Leadership(jdbi, LONG);
        await().until(() -> {
            next.renew(gained::incrementAndGet);
            return next.isLeader();
        });
        assertThatThrownBy(() -> jdbi.useHandle(one::checkDispatch)).isInstanceOf(Fence.LeadershipLostException.class);
        one.renew(gained::incrementAndGet);
        assertThat(one.dispatches()).isFalse();
        assertThat(next.dispatches()).isTrue();
    }

    private long term() {
        return jdbi.withHandle(handle ->
                handle.createQuery("select term from leader").mapTo(Long.class).one());
    }
}
