package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.Role;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;
import java.util.List;

/** Access tokens in the database. */
@Singleton
class AccessTokenRepository implements PanacheRepositoryBase<AccessTokenEntity, String> {
    private static final String VALID = "revokedAt is null and (expiresAt is null or expiresAt > instant)";

    /** Serialises changes, so that revisions become visible in their order; held to the end of the transaction. */
    void lock() {
        getEntityManager()
                .createNativeQuery("select 1 from pg_advisory_xact_lock(hashtextextended('access tokens', 0))")
                .getSingleResult();
    }

    /** The revision for the next change; call {@link #lock} before. */
    long nextRevision() {
        return ((Number) getEntityManager()
                        .createNativeQuery("select nextval('access_token_revision')")
                        .getSingleResult())
                .longValue();
    }

    /** The revision of the newest change; 0 before the first. */
    long newestRevision() {
        return getEntityManager()
                .createQuery("select coalesce(max(revision), 0) from AccessTokenEntity", Long.class)
                .getSingleResult();
    }

    /** Number of valid tokens with all permissions in all projects. */
    long countAdministrators() {
        return count("role = ?1 and project is null and scopes is null and " + VALID, Role.ADMINISTRATOR);
    }

    /** Tokens that are neither revoked nor expired. */
    List<AccessTokenEntity> valid() {
        return list(VALID);
    }

    /** All tokens, newest first. */
    List<AccessTokenEntity> newestFirst() {
        return list("order by createdAt desc, id");
    }
}
