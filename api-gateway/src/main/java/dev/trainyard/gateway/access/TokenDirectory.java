package dev.trainyard.gateway.access;

import dev.trainyard.gateway.audit.Actor;
import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.Transactions;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All valid tokens in memory, so that a request is authenticated on the event loop and while the database is
 * unavailable. {@link #refresh} runs after each change and once a second.
 */
@Singleton
public class TokenDirectory {
    /** Attribute of an identity: its {@link AccessTokenEntity}. */
    static final String TOKEN = "token";

    private final Transactions transactions;
    private final AccessTokenRepository repository;
    private volatile @Nullable Snapshot snapshot;

    TokenDirectory(Transactions transactions, AccessTokenRepository repository) {
        this.transactions = transactions;
        this.repository = repository;
    }

    private record Snapshot(long revision, Map<String, SecurityIdentity> byId) {}

    /** Reads the tokens if any has changed since the last call. */
    public void refresh() {
        transactions.run(() -> {
            long newest = repository.newestRevision();
            Snapshot known = snapshot;
            if (known == null || known.revision != newest) {
                snapshot = new Snapshot(newest, identities(repository.valid()));
            }
        });
    }

    private static Map<String, SecurityIdentity> identities(List<AccessTokenEntity> tokens) {
        return tokens.stream()
                .map(TokenDirectory::identity)
                .collect(Collectors.toMap(TokenDirectory::id, Function.identity()));
    }

    private static SecurityIdentity identity(AccessTokenEntity token) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(token.name))
                .addRole(token.role.wireName())
                .addPermissionsAsString(token.permissions())
                .addAttribute(TOKEN, token)
                .addAttribute(Actor.ATTRIBUTE, new Actor(Actor.Kind.TOKEN, token.name, token.id))
                .addAttribute(
                        CurrentProject.ATTRIBUTE, Objects.requireNonNullElse(token.onlyProject(), ProjectName.DEFAULT))
                .build();
    }

    private static String id(SecurityIdentity identity) {
        return token(identity).id;
    }

    /** The token of an identity of this directory. */
    static AccessTokenEntity token(SecurityIdentity identity) {
        return identity.getAttribute(TOKEN);
    }

    /** Returns false until the tokens have been read for the first time. */
    boolean isLoaded() {
        return snapshot != null;
    }

    /** Returns the identity of a valid token; null if the token is unknown, revoked, expired, or not {@link #isLoaded}. */
    @Nullable
    SecurityIdentity find(TokenSecret sent) {
        return find(sent.id(), sent.hash());
    }

    /** @param secretHash compared in constant time */
    @Nullable
    SecurityIdentity find(String id, byte[] secretHash) {
        Snapshot known = snapshot;
        SecurityIdentity identity = known == null ? null : known.byId.get(id);
        if (identity == null) {
            return null;
        }
        AccessTokenEntity token = token(identity);
        boolean valid = MessageDigest.isEqual(secretHash, token.secretHash) && token.isValid(Instant.now());
        return valid ? identity : null;
    }

    /** Why {@link #find} found no token. */
    AuthenticationFailure failure(boolean wellFormed) {
        if (!isLoaded()) {
            return new AuthenticationFailure(
                    ProblemType.UNAVAILABLE,
                    "The access tokens have not been read yet, because the database does not respond. Try again.");
        }
        return new AuthenticationFailure(
                ProblemType.UNAUTHORIZED,
                wellFormed
                        ? "The access token is unknown, expired or revoked. Ask an administrator for a new one."
                        : "The access token does not have the form ty_ID_SECRET. Send it as it was shown when it was created.");
    }
}
