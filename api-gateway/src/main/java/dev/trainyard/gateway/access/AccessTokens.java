package dev.trainyard.gateway.access;

import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditWriter;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Notifier;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates, rotates, revokes and lists access tokens. All gateways learn of a change at once. */
@Singleton
class AccessTokens {
    /** A gateway keeps all valid tokens in memory. */
    static final int MOST = 10_000;
    /** One project cannot use up the tokens of the others. */
    static final int MOST_OF_PROJECT = 1_000;

    private final Transactions transactions;
    private final AccessTokenRepository repository;
    private final TokenDirectory directory;
    private final Notifier notifier;
    private final AuditWriter audit;

    AccessTokens(
            @Identifier(Transactions.EDGE) Transactions transactions,
            AccessTokenRepository repository,
            TokenDirectory directory,
            Notifier notifier,
            AuditWriter audit) {
        this.audit = audit;
        this.transactions = transactions;
        this.repository = repository;
        this.notifier = notifier;
        this.directory = directory;
    }

    /**
     * What a new token may do.
     *
     * @param project the only project; null for all
     * @param scopes the permissions to use of the role; null for all
     * @param expiresIn null if the token does not expire
     */
    record TokenRequest(
            String name,
            Role role,
            @Nullable String project,
            @Nullable Set<String> scopes,
            @Nullable Duration expiresIn) {

        TokenRequest withProject(String only) {
            return new TokenRequest(name, role, only, scopes, expiresIn);
        }
    }

    /** A token with its secret, which is not stored. */
    record NewToken(AccessTokenEntity token, TokenSecret secret) {}

    /** Result of a revocation. */
    enum Revocation {
        REVOKED,
        UNKNOWN,
        /** Refused, because tokens could not be managed without it. */
        LAST_ADMINISTRATOR
    }

    /** Empty if there are {@link #MOST} tokens, or {@link #MOST_OF_PROJECT} of the project. */
    Optional<NewToken> create(TokenRequest request, String createdBy) {
        return change(() -> {
            String project = request.project();
            boolean full = repository.count() >= MOST
                    || project != null && repository.count("project", project) >= MOST_OF_PROJECT;
            return full ? Optional.empty() : Optional.of(insert(request, createdBy));
        });
    }

    /** Creates a token for the first administrator if there is no valid token of an administrator. */
    Optional<NewToken> createFirst() {
        return change(() -> repository.countAdministrators() > 0
                ? Optional.empty()
                : Optional.of(insert(new TokenRequest("first", Role.ADMINISTRATOR, null, null, null), "gateway")));
    }

    /** The permissions that the token would have. */
    static Set<String> permissions(TokenRequest request) {
        return entity(request).permissions();
    }

    private static AccessTokenEntity entity(TokenRequest request) {
        AccessTokenEntity token = new AccessTokenEntity();
        token.name = request.name();
        token.role = request.role();
        token.project = request.project();
        token.scopes = request.scopes() == null ? null : request.scopes().toArray(String[]::new);
        return token;
    }

    private NewToken insert(TokenRequest request, String createdBy) {
        TokenSecret secret = TokenSecret.create();
        AccessTokenEntity token = entity(request);
        token.id = secret.id();
        token.secretHash = secret.hash();
        token.revision = repository.nextRevision();
        token.createdBy = createdBy;
        token.createdAt = Instant.now();
        token.expiresAt = request.expiresIn() == null ? null : token.createdAt.plus(request.expiresIn());
        repository.persist(token);
        audit.record(new AuditedChange(AuditAction.TOKEN_CREATE, token.id, token.onlyProject(), detail(request)));
        return new NewToken(token, secret);
    }

    private static Map<String, ?> detail(TokenRequest request) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("name", request.name());
        detail.put("role", request.role());
        if (request.scopes() != null) {
            detail.put("scopes", request.scopes());
        }
        if (request.expiresIn() != null) {
            detail.put("expires_in", request.expiresIn().toString());
        }
        return detail;
    }

    /** Replaces the secret, so that the previous one is refused; empty if {@code manager} has no valid token {@code id}. */
    Optional<NewToken> rotate(String id, TokenManager manager) {
        return change(() -> managed(id, manager).filter(this::isValid).map(token -> {
            manager.requireAllOf(token.permissions());
            TokenSecret secret = TokenSecret.ofId(id);
            token.secretHash = secret.hash();
            token.revision = repository.nextRevision();
            audit.record(new AuditedChange(AuditAction.TOKEN_ROTATE, id, token.onlyProject(), Map.of()));
            return new NewToken(token, secret);
        }));
    }

    /** Revokes a token permanently; no change if it was revoked before. */
    Revocation revoke(String id, TokenManager manager) {
        return change(() -> {
            AccessTokenEntity token = managed(id, manager).orElse(null);
            if (token == null) {
                return Revocation.UNKNOWN;
            }
            if (!token.isValid(Instant.now())) {
                return Revocation.REVOKED;
            }
            if (token.role == Role.ADMINISTRATOR
                    && token.project == null
                    && token.scopes == null
                    && repository.countAdministrators() == 1) {
                return Revocation.LAST_ADMINISTRATOR;
            }
            token.revokedAt = Instant.now();
            token.revision = repository.nextRevision();
            audit.record(
                    new AuditedChange(AuditAction.TOKEN_REVOKE, id, token.onlyProject(), Map.of("name", token.name)));
            return Revocation.REVOKED;
        });
    }

    /** Tokens of {@code manager}, newest first. */
    List<AccessTokenEntity> list(TokenManager manager) {
        return transactions.call(repository::newestFirst).stream()
                .filter(manager::manages)
                .toList();
    }

    private Optional<AccessTokenEntity> managed(String id, TokenManager manager) {
        return repository.findByIdOptional(id).filter(manager::manages);
    }

    private boolean isValid(AccessTokenEntity token) {
        return token.isValid(Instant.now());
    }

    private <T> T change(Supplier<T> work) {
        T result = transactions.call(() -> {
            repository.lock();
            return work.get();
        });
        directory.refresh(); // so that this gateway answers the next request by it
        notifier.publish(ChangeTopic.TOKENS);
        return result;
    }
}
