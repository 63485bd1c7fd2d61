package dev.trainyard.gateway.models;

import dev.trainyard.gateway.permission.ProjectName;

/**
 * Names of models are unique in a project. In the database and in messages the name of a project's model is
 * {@code project/name}; those of the project {@code default} are plain, as they were before there were projects.
 */
public final class ModelName {
    private static final char SEPARATOR = '/';

    private ModelName() {}

    /** The stored name. No model has a name with a slash, so that one never leads to a model of another project. */
    public static String stored(String project, String name) {
        return project.equals(ProjectName.DEFAULT) && name.indexOf(SEPARATOR) < 0 ? name : project + SEPARATOR + name;
    }

    /** The name that clients of the project see. */
    public static String plain(String stored) {
        return stored.substring(stored.indexOf(SEPARATOR) + 1);
    }

    /** The project of a stored name. */
    public static String project(String stored) {
        int separator = stored.indexOf(SEPARATOR);
        return separator < 0 ? ProjectName.DEFAULT : stored.substring(0, separator);
    }
}
