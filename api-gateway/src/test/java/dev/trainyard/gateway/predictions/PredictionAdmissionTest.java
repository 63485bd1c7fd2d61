package dev.trainyard.gateway.predictions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.http.ClientRateLimiter;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PredictionAdmissionTest {
    private final PredictionAdmission admission =
            new PredictionAdmission(new ClientRateLimiter(100, "more than %d images"), 4, images -> {});
    private final CompletableFuture<String> reply = new CompletableFuture<>();

    @Test
    void theNumberOfPendingImagesOfAClientIsLimited() {
        HttpServerRequest one = from("192.0.2.1");
        for (int i = 0; i < 4; i++) {
            admission.predict(one, this::request).subscribeAsCompletionStage();
        }
        assertThatThrownBy(() -> admission.predict(one, this::request).await().indefinitely())
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.TOO_MANY_REQUESTS);
                    assertThat(problem.retryAfter()).isPositive();
                });
        assertThatCode(() -> admission.predict(from("192.0.2.2"), this::request))
                .doesNotThrowAnyException();
        CompletableFuture<String> batch = admission
                .predict(one, 16, 2, Duration.ofMinutes(1), this::request)
                .subscribeAsCompletionStage();
        assertThat(batch).as("waits for its turn").isNotDone();
        reply.complete("answer");
        assertThat(batch.join()).isEqualTo("answer");
    }

    @Test
    void aDisconnectedClientReleasesItsTurn() {
        HttpServerRequest one = from("192.0.2.3");
        PredictionAdmission narrow =
                new PredictionAdmission(new ClientRateLimiter(100_000, "more than %d"), 1, images -> {});
        for (int i = 0; i < 500; i++) {
            CompletableFuture<String> first = new CompletableFuture<>();
            narrow.predict(one, () -> Uni.createFrom().completionStage(first)).subscribeAsCompletionStage();
            Cancellable second = narrow.predict(one, () -> Uni.createFrom().<String>nothing())
                    .subscribe()
                    .with(answer -> {});
            first.complete("answer");
            second.cancel();
            assertThat(narrow.predict(one, () -> Uni.createFrom().item("third"))
                            .await()
                            .atMost(Duration.ofSeconds(30)))
                    .isEqualTo("third");
        }
    }

    @Test
    void eachImageOfABatchCountsForTheRate() {
        admission.admit(from("192.0.2.1"), 150);
        assertThatThrownBy(() -> admission.admit(from("192.0.2.1"), 150)).hasMessageContaining("more than 100 images");
        admission.admit(from("192.0.2.2"), 150);
    }

    private Uni<String> request() {
        return Uni.createFrom().completionStage(reply);
    }

    private static HttpServerRequest from(String address) {
        SocketAddress remote = SocketAddress.inetSocketAddress(1_234, address);
        return (HttpServerRequest) Proxy.newProxyInstance(
                HttpServerRequest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (self, method, arguments) -> method.getName().equals("remoteAddress") ? remote : null);
    }
}
