package dev.trainyard.gateway.permission;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Set;

/** Role of an access token. */
public enum Role {
    /** Reads everything and changes nothing. */
    @JsonProperty("viewer")
    VIEWER(Permissions.READ, Permissions.METRICS),
    /** Only predicts. */
    @JsonProperty("predictor")
    PREDICTOR(Permissions.PREDICT),
    /** Trains models and predicts. */
    @JsonProperty("submitter")
    SUBMITTER(Permissions.READ, Permissions.METRICS, Permissions.PREDICT, Permissions.SUBMIT),
    /** Publishes and deletes models, and handles failures of the platform. */
    @JsonProperty("operator")
    OPERATOR(Permissions.READ, Permissions.METRICS, Permissions.PREDICT, Permissions.SUBMIT, Permissions.OPERATE),
    /** Has all permissions. */
    @JsonProperty("administrator")
    ADMINISTRATOR(
            Permissions.READ,
            Permissions.METRICS,
            Permissions.PREDICT,
            Permissions.SUBMIT,
            Permissions.OPERATE,
            Permissions.ADMINISTER);

    private final Set<String> permissions;

    Role(String... permissions) {
        this.permissions = Set.of(permissions);
    }

    public Set<String> permissions() {
        return permissions;
    }

    /** Name in requests, responses and the database. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
