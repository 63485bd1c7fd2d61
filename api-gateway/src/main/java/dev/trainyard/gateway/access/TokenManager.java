package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.quarkus.security.identity.SecurityIdentity;
import java.security.Permission;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An administrator of one project or of all.
 *
 * @param project the only project; null for all
 */
record TokenManager(String name, @Nullable String project, Set<String> permissions) {

    static TokenManager of(SecurityIdentity sender, CurrentProject current) {
        return new TokenManager(
                sender.getPrincipal().getName(),
                current.isPlatform() ? null : current.name(),
                sender.getPermissions().stream().map(Permission::getName).collect(Collectors.toSet()));
    }

    boolean manages(AccessTokenEntity token) {
        return project == null || project.equals(token.onlyProject());
    }

    /** Refuses a new or rotated token that would have more permissions than its administrator. */
    void requireAllOf(Set<String> wanted) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(permissions);
        if (!missing.isEmpty()) {
            throw new ProblemException(
                    ProblemType.FORBIDDEN,
                    "That token would have permissions that yours lacks: %s.".formatted(String.join(", ", missing)));
        }
    }
}
