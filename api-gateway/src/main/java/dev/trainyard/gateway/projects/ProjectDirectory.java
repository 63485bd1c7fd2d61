package dev.trainyard.gateway.projects;

import dev.trainyard.gateway.permission.ProjectName;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** All projects in memory, so that a request is assigned to its project on the event loop. */
@Singleton
public class ProjectDirectory {
    private final Jdbi jdbi;
    private volatile Map<String, Project> byName =
            Map.of(ProjectName.DEFAULT, new Project(ProjectName.DEFAULT, 1, ProjectQuotas.NONE));
    private volatile boolean loaded;

    ProjectDirectory(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Reads the projects; runs after each change and from time to time. */
    public void refresh() {
        byName = jdbi.withHandle(handle -> handle.createQuery("select * from project")
                .map(Project::read)
                .collect(Collectors.toUnmodifiableMap(Project::name, project -> project)));
        loaded = true;
    }

    public boolean exists(String name) {
        return byName.containsKey(name);
    }

    /** Null if there is no such project. */
    public @Nullable Project find(String name) {
        return byName.get(name);
    }

    public Set<String> names() {
        return byName.keySet();
    }

    /** Returns false until the projects have been read for the first time. */
    public boolean isLoaded() {
        return loaded;
    }
}
