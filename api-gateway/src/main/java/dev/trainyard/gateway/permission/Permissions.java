package dev.trainyard.gateway.permission;

/** Permissions, of which every method of a resource names one or more in {@code @PermissionsAllowed}. */
public final class Permissions {
    /** Read jobs, models and the state of the platform. */
    public static final String READ = "read";
    /** Read figures of the platform: its metrics and the load of its pools. {@link #READ} includes it. */
    public static final String METRICS = "metrics";
    /** Predict, and read the results. */
    public static final String PREDICT = "predict";
    /** Submit, cancel, pause, resume, retry and verify jobs. */
    public static final String SUBMIT = "submit";
    /** Change and delete models, aliases and routes; handle dead letters and unsent records. */
    public static final String OPERATE = "operate";
    /** Import models, and manage access tokens. */
    public static final String ADMINISTER = "administer";
    /** Manage projects, and what belongs to none. Only administrators of all projects have it; no role has it. */
    public static final String PLATFORM = "platform";

    private Permissions() {}
}
