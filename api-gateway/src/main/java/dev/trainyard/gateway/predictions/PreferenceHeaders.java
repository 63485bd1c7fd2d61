package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.http.WaitPreference;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestHeader;
import org.jspecify.annotations.Nullable;

/** Request headers that select a synchronous or asynchronous answer, and its timeout. */
public class PreferenceHeaders extends TimeoutHeaders {
    private static final Pattern RESPOND_ASYNC = Pattern.compile("(?:^|[,;\\s])respond-async(?=$|[,;\\s=])");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    @RestHeader("Prefer")
    @Parameter(
            description = "respond-async: 202 at once, or after wait=N seconds if the answer is not ready by then",
            schema = @Schema(type = SchemaType.STRING), // RFC 9110: several headers form one list, and clients send one
            example = "respond-async, wait=5")
    public @Nullable List<String> prefer;

    @RestHeader("Idempotency-Key")
    @Parameter(description = "With respond-async: a repeated request with the same key is processed once")
    public @Nullable String idempotencyKey;

    public boolean respondAsync() {
        return RESPOND_ASYNC.matcher(preferences().toLowerCase(Locale.ROOT)).find();
    }

    public Optional<Duration> wait(Duration longest) {
        return WaitPreference.parse(preferences(), longest);
    }

    /** The client's own timeout, if it has one; Envoy's does not apply to an asynchronous answer. */
    public Optional<Duration> ownLimit() {
        return requestTimeout == null
                ? Optional.empty()
                : Optional.of(RequestTimeout.shortest(requestTimeout, null, Duration.ofDays(365)));
    }

    /**
     * Returns the key; null if there is none.
     *
     * @throws ProblemException if it is not valid
     */
    public @Nullable String idempotencyKey() {
        if (idempotencyKey != null && !KEY.matcher(idempotencyKey).matches()) {
            throw ProblemException.invalid(List.of(
                    new Violation("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")));
        }
        return idempotencyKey;
    }

    private String preferences() {
        return prefer == null ? "" : String.join(",", prefer);
    }
}
