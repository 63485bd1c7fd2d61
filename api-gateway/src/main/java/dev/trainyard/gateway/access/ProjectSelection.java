package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.AuthenticationFailure;
import dev.trainyard.gateway.http.Denials;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.projects.ProjectDirectory;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the project of a request: that of its header, or of a parameter of a read, else the sender's only project, else {@code default}. */
@Singleton
class ProjectSelection {
    static final String HEADER = "Trainyard-Project";
    static final String PARAMETER = "trainyard-project";

    private final ProjectDirectory projects;

    ProjectSelection(ProjectDirectory projects) {
        this.projects = projects;
    }

    /**
     * Adds the project to an identity.
     *
     * @param only the sender's only project; null if the sender may choose each one
     * @return null if the sender may not choose this project; the reason is then put in {@code routing}
     */
    @Nullable
    SecurityIdentity select(RoutingContext routing, SecurityIdentity sender, @Nullable String only) {
        List<String> headers = named(routing);
        if (headers.isEmpty()) {
            return in(sender, only == null ? ProjectName.DEFAULT : only);
        }
        String wanted = headers.get(0);
        if (headers.size() > 1 || !ProjectName.isValid(wanted)) {
            failure(
                            ProblemType.INVALID,
                            "The header %s must be the name of one project: %s.".formatted(HEADER, ProjectName.RULE))
                    .putIn(routing);
            return null;
        }
        if (only == null ? projects.exists(wanted) : only.equals(wanted)) {
            return in(sender, wanted);
        }
        refusal(routing, wanted, only == null).putIn(routing);
        return null;
    }

    /** The project that the request names; null if it names none. */
    static @Nullable String wanted(RoutingContext routing) {
        List<String> named = named(routing);
        return named.isEmpty() ? null : named.get(0);
    }

    /** Browsers send no header of their own with event streams, downloads and images; these are reads. */
    private static List<String> named(RoutingContext routing) {
        List<String> headers = routing.request().headers().getAll(HEADER);
        boolean isRead = routing.request().method().equals(HttpMethod.GET);
        return headers.isEmpty() && isRead ? routing.queryParam(PARAMETER) : headers;
    }

    private static SecurityIdentity in(SecurityIdentity sender, String project) {
        return project.equals(sender.getAttribute(CurrentProject.ATTRIBUTE))
                ? sender
                : QuarkusSecurityIdentity.builder(sender)
                        .addPermissions(sender.getPermissions()) // the builder only copies the check of permissions
                        .addAttribute(CurrentProject.ATTRIBUTE, project)
                        .build();
    }

    /** The same for an unknown project and for one of others, so that names of projects stay private. */
    private AuthenticationFailure refusal(RoutingContext routing, String wanted, boolean mayChooseAll) {
        if (mayChooseAll && !projects.isLoaded()) {
            return failure(
                    ProblemType.UNAVAILABLE,
                    "The projects have not been read yet, because the database does not respond. Try again.");
        }
        if (!mayChooseAll) {
            Denials.mark(routing, Denials.Reason.FOREIGN_PROJECT);
        }
        return failure(
                ProblemType.NOT_FOUND,
                "There is no project %s for you; GET /api/v1/me without the header %s lists yours."
                        .formatted(wanted, HEADER));
    }

    private static AuthenticationFailure failure(ProblemType type, String detail) {
        return new AuthenticationFailure(type, detail);
    }
}
