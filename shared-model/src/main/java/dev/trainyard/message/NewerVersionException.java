package dev.trainyard.message;

/**
 * A message that only a later release can read. It is no malformed one: its record stays where it is, uncommitted, until
 * a reader of that release comes.
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
