package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdminTokenTest {
    @Test
    void withoutAConfiguredTokenNoRequestIsAdministrative() {
        for (Optional<String> none : java.util.List.of(Optional.<String>empty(), Optional.of(""), Optional.of("  "))) {
            AdminToken token = new AdminToken(none, false);
            for (String header : new String[] {null, "Bearer ", "Bearer x", "Bearer   "}) {
                assertThat(token.allows(header)).isFalse();
                assertThatThrownBy(() -> token.require(header))
                        .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.type())
                                .isEqualTo(ProblemType.FORBIDDEN))
                        .hasMessageContaining("trainyard.admin.token");
            }
        }
    }

    @Test
    void onlyTheExactTokenIsAccepted() {
        AdminToken token = new AdminToken(Optional.of("s3cret"), false);
        assertThatCode(() -> token.require("Bearer s3cret")).doesNotThrowAnyException();
        assertThatCode(() -> token.require("bearer s3cret")).doesNotThrowAnyException();
        for (String header :
                new String[] {null, "", "s3cret", "Basic s3cret", "Bearer", "Bearer s3cre", "Bearer s3crets"}) {
            assertThatThrownBy(() -> token.require(header))
                    .isInstanceOfSatisfying(
                            ProblemException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.UNAUTHORIZED));
        }
    }
}
