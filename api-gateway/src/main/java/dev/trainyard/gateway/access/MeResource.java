package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.gateway.runtime.GatewaySettings;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.security.Permission;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Shows clients who they are and what they may do. */
@SecurityScheme(
        securitySchemeName = "token",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "An access token, unless trainyard.auth.mode is none; in mode oidc also a token of the provider")
@Path("/api/v1/me")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
@Tag(name = "access")
public class MeResource {
    private final SecurityIdentity sender;
    private final CurrentProject current;
    private final ProjectDirectory projects;
    private final GatewaySettings settings;

    MeResource(SecurityIdentity sender, CurrentProject current, ProjectDirectory projects, GatewaySettings settings) {
        this.current = current;
        this.projects = projects;
        this.sender = sender;
        this.settings = settings;
    }

    /**
     * The sender of a request.
     *
     * @param mode how the gateway authenticates clients
     * @param project the project of this request
     * @param projects all projects of the sender
     */
    public record Me(
            String name,
            String role,
            List<String> permissions,
            String mode,
            String project,
            List<Membership> projects) {}

    /** A project, and the sender's role and permissions in it. */
    public record Membership(String project, String role, List<String> permissions) {

        static Membership of(String project, Set<Role> roles) {
            return new Membership(
                    project,
                    roles.stream().map(Role::wireName).sorted().collect(Collectors.joining(", ")),
                    roles.stream()
                            .flatMap(role -> role.permissions().stream())
                            .distinct()
                            .sorted()
                            .toList());
        }
    }

    @GET
    @Authenticated
    @Operation(summary = "Name, role, permissions and projects of the sender of this request")
    public Me get() {
        return new Me(
                sender.getPrincipal().getName(),
                role(),
                permissions(),
                settings.auth().mode().name().toLowerCase(Locale.ROOT),
                current.name(),
                memberships());
    }

    private List<Membership> memberships() {
        OidcRoles roles = sender.getAttribute(OidcRoles.ATTRIBUTE);
        if (roles != null && !roles.platform()) {
            return roles.byProject().entrySet().stream()
                    .map(project -> Membership.of(project.getKey(), project.getValue()))
                    .toList();
        }
        Collection<String> names = current.isPlatform() ? projects.names() : List.of(current.name());
        return names.stream()
                .sorted()
                .map(name -> new Membership(name, role(), permissions()))
                .toList();
    }

    private String role() {
        return String.join(", ", new TreeSet<>(sender.getRoles()));
    }

    private List<String> permissions() {
        return sender.getPermissions().stream()
                .map(Permission::getName)
                .sorted()
                .toList();
    }
}
