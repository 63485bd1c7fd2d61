package dev.trainyard.gateway.permission;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Singleton;

/** The project of the present request. Read it at the start of a request: other threads have no request. */
@Singleton
public class CurrentProject {
    /** Attribute of an identity: the name of the project that the request is about. */
    public static final String ATTRIBUTE = "project";

    private final SecurityIdentity sender;

    CurrentProject(SecurityIdentity sender) {
        this.sender = sender;
    }

    /** Every request that reaches a resource has a project, because its permissions are those in that project. */
    public String name() {
        String project = sender.getAttribute(ATTRIBUTE);
        if (project == null) {
            throw new IllegalStateException("the request was not authenticated");
        }
        return project;
    }

    /** Whether the sender manages the platform, and with it all projects. */
    public boolean isPlatform() {
        return sender.getPermissions().stream()
                .anyMatch(permission -> permission.getName().equals(Permissions.PLATFORM));
    }
}
