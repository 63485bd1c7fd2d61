package dev.trainyard.gateway.permission;

import java.util.regex.Pattern;

/** Rules for names of projects. */
public final class ProjectName {
    /** The project of requests that name none, and of everything that was stored before there were projects. */
    public static final String DEFAULT = "default";

    public static final int MOST_LENGTH = 40;
    public static final String RULE =
            "1 to %d lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen"
                    .formatted(MOST_LENGTH);
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");

    private ProjectName() {}

    /**
     * An idempotency key that is unique among all projects. Those of {@code default} are stored as they were sent, and
     * cannot have a space.
     */
    public static String qualify(String project, String idempotencyKey) {
        return project.equals(DEFAULT) ? idempotencyKey : project + ' ' + idempotencyKey;
    }

    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }
}
