package dev.trainyard.cli.doctor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.json.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Result of one check.
 *
 * @param advice hint for the user; null if there is nothing to do
 */
record CheckResult(
        String name, State state, String finding, @Nullable String advice) {
    /** Severity of the finding. */
    enum State {
        OK,
        /** Something works, but not as well as it could. */
        WARNING,
        /** Something does not work. */
        BROKEN
    }

    static CheckResult ok(String name, String finding) {
        return new CheckResult(name, State.OK, finding, null);
    }

    static CheckResult warning(String name, String finding, @Nullable String advice) {
        return new CheckResult(name, State.WARNING, finding, advice);
    }

    static CheckResult broken(String name, String finding, @Nullable String advice) {
        return new CheckResult(name, State.BROKEN, finding, advice);
    }

    ObjectNode toJson() {
        return Json.object()
                .put("name", name)
                .put("state", state.name().toLowerCase(Locale.ROOT))
                .put("finding", finding)
                .put("advice", advice);
    }
}
