package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.permission.Role;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A stored access token. */
@Entity
@Table(name = "access_token")
public class AccessTokenEntity {
    @Id
    public String id;

    @Column(nullable = false, updatable = false)
    public String name;

    @Column(nullable = false, updatable = false)
    @Convert(converter = RoleConverter.class)
    public Role role;

    /** The only project that the token may use; see {@link #onlyProject}. */
    @Column(updatable = false)
    public @Nullable String project;

    /** The permissions that the token may use of those of its role; null for all of them. */
    @Column(columnDefinition = "text[]", updatable = false)
    public String @Nullable [] scopes;

    @Column(name = "secret_hash", nullable = false)
    public byte[] secretHash;

    /** Increases with every change of any token. */
    @Column(nullable = false)
    public long revision;

    /** Set by the database. */
    @Column(name = "created_at", insertable = false, updatable = false)
    public Instant createdAt;

    /** Name of the token, or of the process, that created this one. */
    @Column(name = "created_by", nullable = false, updatable = false)
    public String createdBy;

    /** Null if it does not expire. */
    @Column(name = "expires_at", updatable = false)
    public @Nullable Instant expiresAt;

    @Column(name = "revoked_at")
    public @Nullable Instant revokedAt;

    /** Recorded within a minute; written by {@link TokenUses}. */
    @Column(name = "last_used_at", insertable = false, updatable = false)
    public @Nullable Instant lastUsedAt;

    boolean isValid(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Null if the token may use all projects. Tokens of other roles than administrator without project are older. */
    @Nullable
    String onlyProject() {
        return project == null && role != Role.ADMINISTRATOR ? ProjectName.DEFAULT : project;
    }

    Set<String> permissions() {
        Set<String> permissions = new TreeSet<>(role.permissions());
        if (scopes != null) {
            permissions.retainAll(Set.of(scopes));
        }
        if (permissions.contains(Permissions.READ)) {
            permissions.add(Permissions.METRICS); // tokens of the release before have no such scope
        }
        if (onlyProject() == null && permissions.contains(Permissions.ADMINISTER)) {
            permissions.add(Permissions.PLATFORM);
        }
        return permissions;
    }
}
