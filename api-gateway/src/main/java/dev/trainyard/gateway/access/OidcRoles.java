package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.permission.Role;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The roles that an OpenID provider gives a user.
 *
 * @param byProject roles in single projects
 * @param platform true if the user administers all projects
 */
record OidcRoles(Map<String, Set<Role>> byProject, boolean platform) {
    /** Attribute of an identity of a user of the provider. */
    static final String ATTRIBUTE = "oidc-roles";

    /**
     * Reads the values of the roles claim. A value is a role, which counts in the project {@code default}, or {@code
     * PROJECT:ROLE}; the role administrator alone counts in all projects. Other values are ignored, because providers
     * list the roles of other applications too.
     *
     * @param mapping values that stand for others
     */
    static OidcRoles of(Collection<String> claim, Map<String, Set<String>> mapping) {
        Map<String, Set<Role>> byProject = new TreeMap<>();
        boolean platform = false;
        for (String name : claim) {
            for (String value : mapping.getOrDefault(name, Set.of(name))) {
                int colon = value.lastIndexOf(':');
                Optional<Role> role = role(value.substring(colon + 1));
                if (role.isEmpty()) {
                    continue;
                }
                platform |= colon < 0 && role.get() == Role.ADMINISTRATOR;
                byProject
                        .computeIfAbsent(
                                colon < 0 ? ProjectName.DEFAULT : value.substring(0, colon),
                                project -> EnumSet.noneOf(Role.class))
                        .add(role.get());
            }
        }
        return new OidcRoles(byProject, platform);
    }

    private static Optional<Role> role(String name) {
        return Arrays.stream(Role.values())
                .filter(role -> role.wireName().equals(name))
                .findFirst();
    }

    /**
     * Parses entries {@code GROUP=ROLE} or {@code GROUP=PROJECT:ROLE}. A group may have several.
     *
     * @throws IllegalArgumentException if an entry has no role
     */
    static Map<String, Set<String>> mapping(List<String> entries) {
        Map<String, Set<String>> mapping = new TreeMap<>();
        for (String entry : entries) {
            int equals = entry.lastIndexOf('=');
            String value = entry.substring(equals + 1).strip();
            if (equals < 1 || role(value.substring(value.lastIndexOf(':') + 1)).isEmpty()) {
                throw new IllegalArgumentException(
                        "\"%s\" must be GROUP=ROLE or GROUP=PROJECT:ROLE, such as ml-team=team-a:submitter"
                                .formatted(entry));
            }
            mapping.computeIfAbsent(entry.substring(0, equals).strip(), group -> new TreeSet<>())
                    .add(value);
        }
        return mapping;
    }

    /** Without the roles in projects that do not exist. */
    OidcRoles inProjects(Predicate<String> exists) {
        Map<String, Set<Role>> existing = new TreeMap<>(byProject);
        existing.keySet().removeIf(exists.negate());
        return new OidcRoles(existing, platform);
    }

    /** The wanted project if the user has a role there, else the only project, else {@code default}. */
    String choose(@Nullable String wanted) {
        if (wanted != null && byProject.containsKey(wanted)) {
            return wanted;
        }
        return byProject.size() == 1 ? byProject.keySet().iterator().next() : ProjectName.DEFAULT;
    }

    /** Roles in {@code project}. */
    Set<Role> in(String project) {
        return platform ? Set.of(Role.ADMINISTRATOR) : byProject.getOrDefault(project, Set.of());
    }
}
