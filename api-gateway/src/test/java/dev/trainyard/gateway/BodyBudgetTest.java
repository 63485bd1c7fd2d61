package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
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
}
