package dev.trainyard.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WaitingRequestsTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Map<String, Integer> states = new HashMap<>(Map.of("a", 0, "b", 0));
    private final AtomicInteger queries = new AtomicInteger();
    private final WaitingRequests<String, Integer> requests = new WaitingRequests<>(3, this::read);

    private Map<String, Integer> read(Set<String> keys) {
        queries.incrementAndGet();
        return keys.stream().filter(states::containsKey).collect(Collectors.toMap(key -> key, states::get));
    }

    @Test
    void oneQueryCompletesTheRequestsWhoseConditionIsMet() {
        CompletableFuture<Boolean> a = waitFor("a");
        CompletableFuture<Boolean> alsoA = waitFor("a");
        CompletableFuture<Boolean> b = waitFor("b");
        states.put("a", 1);
        requests.check();
        assertThat(a).isCompletedWithValue(true);
        assertThat(alsoA).isCompletedWithValue(true);
        assertThat(b).isNotDone();
        assertThat(queries).hasValue(1);
    }

    @Test
    void aChangeBetweenTheReadAndTheWaitIsFound() {
        requests.onAdded(requests::checkAdded);
        states.put("a", 1);
        assertThat(waitFor("a")).isCompletedWithValue(true);
    }

    @Test
    void onlyNewRequestsAreReadWhenOneIsAdded() {
        CompletableFuture<Boolean> old = waitFor("b");
        requests.checkAdded();
        states.put("b", 1);
        waitFor("a");
        requests.checkAdded();
        assertThat(old).isNotDone();
        requests.check();
        assertThat(old).isCompletedWithValue(true);
    }

    @Test
    void nothingIsReadWithoutAWaitingRequest() {
        waitFor("a");
        states.put("a", 1);
        requests.check();
        requests.check();
        assertThat(queries).hasValue(1);
    }

    @Test
    void requestsEndAfterTheirTimeoutAndFreeTheirSlot() {
        requests.await("a", state -> false, Duration.ofMillis(1));
        waitFor("a");
        waitFor("unknown");
        Awaitility.await().until(() -> !requests.isFull());
        waitFor("b");
        assertThat(requests.isFull()).isTrue();
    }

    @Test
    void aStoppingGatewayCompletesAllRequests() {
        CompletableFuture<Boolean> before = waitFor("a");
        requests.close();
        assertThat(before).isCompletedWithValue(false);
        assertThat(waitFor("a")).isCompletedWithValue(false);
    }

    private CompletableFuture<Boolean> waitFor(String key) {
        return requests.await(key, state -> state > 0, LONG).toCompletableFuture();
    }
}
