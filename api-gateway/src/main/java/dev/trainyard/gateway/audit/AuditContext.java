package dev.trainyard.gateway.audit;

import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.RequestId;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Who makes the change of this thread, and from where.
 *
 * @param address of the client, without its port; null for the gateway itself
 * @param requestId null for the gateway itself
 * @param project of the request
 */
record AuditContext(
        Actor actor, @Nullable String address, @Nullable String requestId, String project) {
    static final AuditContext PLATFORM = new AuditContext(Actor.PLATFORM, null, null, ProjectName.DEFAULT);

    /** The context of the request that this thread handles; of the gateway itself in a background task. */
    static AuditContext current() {
        ArcContainer container = Arc.container();
        if (container == null || !container.requestContext().isActive()) {
            return PLATFORM;
        }
        ResteasyReactiveRequestContext request = CurrentRequestManager.get();
        return request == null ? PLATFORM : of(request.unwrap(RoutingContext.class), RequestId.of(request));
    }

    private static AuditContext of(RoutingContext routing, String requestId) {
        String address = routing.request().remoteAddress().hostAddress();
        SecurityIdentity sender = routing.user() instanceof QuarkusHttpUser user ? user.getSecurityIdentity() : null;
        if (sender == null || sender.isAnonymous()) {
            return new AuditContext(Actor.ANYONE, address, requestId, ProjectName.DEFAULT); // signs in or out
        }
        Actor actor = sender.getAttribute(Actor.ATTRIBUTE);
        String project = sender.getAttribute(CurrentProject.ATTRIBUTE);
        if (actor == null || project == null) {
            throw new IllegalStateException("the identity of the request names no actor or project");
        }
        return new AuditContext(actor, address, requestId, project);
    }
}
