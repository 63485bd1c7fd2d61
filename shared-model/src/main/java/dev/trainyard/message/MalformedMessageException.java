package dev.trainyard.message;

/** A record that no retry will make readable; it belongs on the dead-letter topic. */
public final class MalformedMessageException extends Exception {
    /** Characters of a message; it may quote the record, which is as large as its sender made it. */
    static final int MESSAGE_LIMIT = 1_000;

    public MalformedMessageException(String message) {
        super(cut(message));
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(cut(message), cause);
    }

    /** The beginning of {@code message}, at most {@link #MESSAGE_LIMIT} characters. */
    public static String cut(String message) {
        return message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT);
    }
}
