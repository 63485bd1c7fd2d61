package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedBudgetTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final SharedBudget budget = new SharedBudget(10, 5);

    @Test
    void oneClientGetsHalfAndTheOthersTheRest() {
        SharedBudget.Share first = budget.take("a", 5, LONG).join();
        CompletableFuture<SharedBudget.Share> second = budget.take("a", 1, LONG);
        assertThat(second).isNotDone();
        assertThat(budget.take("b", 5, LONG))
                .as("passes a request that waits only for its own client")
                .isCompleted();
        first.close();
        assertThat(second).isCompleted();
        assertThat(budget.used()).isEqualTo(6);
    }

    @Test
    void waitersAreServedInOrder() {
        SharedBudget.Share a = budget.take("a", 5, LONG).join();
        SharedBudget.Share b = budget.take("b", 4, LONG).join();
        CompletableFuture<SharedBudget.Share> large = budget.take("c", 5, LONG);
        CompletableFuture<SharedBudget.Share> small = budget.take("d", 1, LONG);
        assertThat(small).as("the large one is not delayed forever").isNotDone();
        b.close();
        assertThat(large).isCompleted();
        assertThat(small).isNotDone();
        a.shrinkTo(2);
        assertThat(small).isCompleted();
    }

    @Test
    void aTimedOutWaiterGetsNothingAndBlocksNoOther() {
        SharedBudget.Share all = budget.take("a", 5, LONG).join();
        budget.take("b", 4, LONG).join();
        CompletableFuture<SharedBudget.Share> late = budget.take("c", 5, Duration.ofMillis(50));
        CompletableFuture<SharedBudget.Share> behind = budget.take("d", 1, LONG);
        assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(behind.join()).isNotNull();
        assertThatThrownBy(() -> budget.take("a", 1, Duration.ZERO).join()).hasCauseInstanceOf(TimeoutException.class);
        all.close();
        all.close();
        assertThat(budget.used()).isEqualTo(5);
    }

    @Test
    void aClientsLargeShareIsNotOvertakenByItsSmallOnes() {
        SharedBudget.Share first = budget.take("a", 3, LONG).join();
        CompletableFuture<SharedBudget.Share> large = budget.take("a", 5, LONG);
        CompletableFuture<SharedBudget.Share> small = budget.take("a", 1, LONG);
        assertThat(small).isNotDone();
        first.close();
        assertThat(large).isCompleted();
        large.join().close();
        assertThat(small).isCompleted();
    }

    @Test
    void tensOfThousandsOfReleasesDoNotOverflowTheStack() {
        SharedBudget.Share all = budget.take("a", 5, LONG).join();
        AtomicInteger served = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) {
            budget.take("a", 5, LONG).thenAccept(share -> {
                served.incrementAndGet();
                share.close();
            });
        }
        all.close();
        assertThat(served).hasValue(20_000);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aShareGrowsOnlyIntoWhatIsFree() {
        SharedBudget.Share share = budget.none("a");
        assertThat(share.growTo(5)).isTrue();
        assertThat(share.growTo(6)).isFalse();
        assertThat(budget.used()).isEqualTo(5);
        share.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aRequestAboveTheClientLimitGetsTheLimit() {
        assertThat(budget.take("a", 100, LONG)).isCompleted();
        assertThat(budget.used()).isEqualTo(5);
    }
}
