package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private static final int MB = 1024 * 1024;

    private final BodyBudget budget = new BodyBudget(10 * MB);

    @Test
    void whatDoesNotFitBesideTheOthersIsTurnedAwayAndHoldsNothing() {
        budget.take(5 * MB);
        assertThatThrownBy(() -> budget.take(6 * MB))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("10 MB");
        assertThatCode(() -> budget.take(5 * MB)).doesNotThrowAnyException();
        assertThatThrownBy(() -> budget.take(1)).isInstanceOf(ProblemException.class);
        budget.give(5 * MB);
        assertThatCode(() -> budget.take(5 * MB)).doesNotThrowAnyException();
    }

    @Test
    void batchesWhichLieInFilesTurnNobodyAway() {
        for (int i = 0; i < 3; i++) {
            budget.admit(ofEightMegabytes("/api/v1/predict/batch"));
        }
        budget.admit(ofEightMegabytes("/api/v1/predict"));
        assertThatThrownBy(() -> budget.admit(ofEightMegabytes("/api/v1/predict")))
                .isInstanceOf(ProblemException.class);
    }

    private static RoutingContext ofEightMegabytes(String path) {
        HttpServerRequest request = answering(HttpServerRequest.class, Map.of("path", path, "getHeader", "8388608"));
        return answering(RoutingContext.class, Map.of("request", request, "addEndHandler", 0));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.get(method.getName())));
    }
}
