package dev.trainyard.message;

/**
 * A message that only a later release can read. It is not malformed: its record stays uncommitted until a process of
 * that release reads it.
 */
public final class NewerVersionException extends RuntimeException {
    public NewerVersionException(String message) {
        super(MalformedMessageException.cut(message));
    }

    static NewerVersionException of(String what, long version) {
        return new NewerVersionException("%s of version %d; this release reads versions %d to %d"
                .formatted(what, version, Versioned.CURRENT, Versioned.NEWEST_READ));
    }
}
