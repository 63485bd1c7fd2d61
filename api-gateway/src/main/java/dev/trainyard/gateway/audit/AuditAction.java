package dev.trainyard.gateway.audit;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The changes that the API can make. The names are part of the API and of stored entries. */
public enum AuditAction {
    JOB_SUBMIT("job.submit", "job"),
    JOB_VERIFY("job.verify", "job"),
    JOB_CANCEL("job.cancel", "job"),
    JOB_PAUSE("job.pause", "job"),
    JOB_RESUME("job.resume", "job"),
    JOB_RETRY("job.retry", "job"),
    STUDY_CREATE("study.create", "study"),
    STUDY_PAUSE("study.pause", "study"),
    STUDY_RESUME("study.resume", "study"),
    STUDY_CANCEL("study.cancel", "study"),
    STUDY_EXTEND("study.extend", "study"),
    /** Stops one trial. */
    STUDY_TRIAL_STOP("study.trial.stop", "study"),
    /** The object is the job that imports the model. */
    MODEL_IMPORT("model.import", "job"),
    MODEL_DELETE("model.delete", "model"),
    MODEL_VERSION_DELETE("model.version.delete", "model"),
    MODEL_VERSION_PROMOTE("model.version.promote", "model"),
    MODEL_VERSION_RELEASE("model.version.release-quarantine", "model"),
    MODEL_ALIAS_SET("model.alias.set", "model"),
    MODEL_ALIAS_DELETE("model.alias.delete", "model"),
    MODEL_ALIAS_ROLLBACK("model.alias.rollback", "model"),
    MODEL_ROUTE_SET("model.route.set", "model"),
    UNSENT_RECORD_RETRY("unsent-record.retry", "unsent-record"),
    UNSENT_RECORD_DROP("unsent-record.drop", "unsent-record"),
    TOKEN_CREATE("token.create", "token"),
    TOKEN_ROTATE("token.rotate", "token"),
    TOKEN_REVOKE("token.revoke", "token"),
    /** Sign-in and sign-out on the web page; the object is the token of the session. */
    SESSION_CREATE("session.create", "token"),
    SESSION_DELETE("session.delete", "token"),
    /** The same of a user of the OpenID provider; the object is the subject. */
    USER_SESSION_CREATE("user-session.create", "user"),
    USER_SESSION_DELETE("user-session.delete", "user"),
    PROJECT_CREATE("project.create", "project"),
    PROJECT_SET("project.set", "project"),
    PROJECT_DELETE("project.delete", "project");

    private final String wireName;
    private final String objectKind;

    AuditAction(String wireName, String objectKind) {
        this.wireName = wireName;
        this.objectKind = objectKind;
    }

    public String wireName() {
        return wireName;
    }

    /** Kind of the changed object. */
    public String objectKind() {
        return objectKind;
    }

    static Optional<AuditAction> find(String wireName) {
        return Arrays.stream(values())
                .filter(action -> action.wireName.equals(wireName))
                .findFirst();
    }

    static List<String> wireNames() {
        return Arrays.stream(values()).map(AuditAction::wireName).toList();
    }
}
