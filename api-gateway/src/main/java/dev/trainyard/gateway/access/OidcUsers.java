package dev.trainyard.gateway.access;

import dev.trainyard.gateway.audit.Actor;
import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives users of the OpenID provider the permissions of their roles. */
@Singleton
class OidcUsers {
    private final ProjectSelection projects;
    private final ProjectDirectory directory;
    private final Map<String, Set<String>> mapping;
    private final RolesClaim rolesClaim;

    OidcUsers(ProjectSelection projects, ProjectDirectory directory, GatewaySettings settings) {
        this.projects = projects;
        this.directory = directory;
        this.rolesClaim = new RolesClaim(settings.auth().oidc().rolesClaim());
        this.mapping = OidcRoles.mapping(settings.auth().oidc().roleMapping().orElse(List.of()));
    }

    /** Values of the roles claim of a signed token that has been verified. */
    Set<String> claim(String verifiedToken) {
        return rolesClaim.read(verifiedToken);
    }

    /** Roles in projects that exist. */
    OidcRoles roles(Set<String> claim) {
        return OidcRoles.of(claim, mapping).inProjects(directory::exists);
    }

    /** Why a user without roles is refused. */
    String noRoles(String name) {
        return "The OpenID provider gives %s no role here: the claim %s of the token has none of viewer, predictor, submitter, operator and administrator, and trainyard.auth.oidc.role-mapping maps none of its values to a role in a project that exists."
                .formatted(name, rolesClaim.path());
    }

    /** Null if the user has no role, or may not use the project of the request; the reason is then put in {@code routing}. */
    @Nullable
    SecurityIdentity identity(RoutingContext routing, Principal user, String subject, Set<String> claim) {
        OidcRoles roles = roles(claim);
        if (roles.byProject().isEmpty()) {
            new AuthenticationFailure(ProblemType.FORBIDDEN, noRoles(user.getName())).putIn(routing);
            return null;
        }
        String only = roles.platform() ? null : roles.choose(ProjectSelection.wanted(routing));
        return projects.select(routing, sender(user, subject, roles, only), only);
    }

    /** @param only null for an administrator of all projects */
    private static SecurityIdentity sender(Principal user, String subject, OidcRoles roles, @Nullable String only) {
        String project = only == null ? ProjectName.DEFAULT : only;
        QuarkusSecurityIdentity.Builder sender = QuarkusSecurityIdentity.builder()
                .setPrincipal(user)
                .addAttribute(OidcRoles.ATTRIBUTE, roles)
                .addAttribute(Actor.ATTRIBUTE, new Actor(Actor.Kind.OIDC, user.getName(), subject))
                .addAttribute(CurrentProject.ATTRIBUTE, project);
        roles.in(project).forEach(role -> sender.addRole(role.wireName()).addPermissionsAsString(role.permissions()));
        if (only == null) {
            sender.addPermissionAsString(Permissions.PLATFORM);
        }
        return sender.build();
    }
}
