package dev.trainyard.gateway.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.trainyard.gateway.permission.Role;
import java.time.Instant;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A token as administrators see it, without its secret. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenView(
        String id,
        String name,
        Role role,

        @Schema(description = "The only project; absent if it is valid in all") @Nullable
        String project,

        Set<String> permissions,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    static TokenView of(AccessTokenEntity token) {
        return new TokenView(
                token.id,
                token.name,
                token.role,
                token.onlyProject(),
                token.permissions(),
                token.createdAt,
                token.createdBy,
                token.expiresAt,
                token.revokedAt,
                token.lastUsedAt);
    }

    /** A new token with its secret. */
    public record Created(
            @Schema(description = "Send it as Authorization: Bearer TOKEN; it is shown only once")
            String token,

            @JsonUnwrapped TokenView details) {

        static Created of(AccessTokens.NewToken created) {
            return new Created(created.secret().text(), TokenView.of(created.token()));
        }
    }
}
