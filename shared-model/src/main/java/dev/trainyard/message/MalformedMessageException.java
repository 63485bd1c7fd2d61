package dev.trainyard.message;

/** A permanently unreadable record; it belongs on the dead-letter topic. */
public final class MalformedMessageException extends Exception {
    /** Maximum length of a message, which may quote a record of any size. */
    static final int MESSAGE_LIMIT = 1_000;

    public MalformedMessageException(String message) {
        super(cut(message));
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(cut(message), cause);
    }

    /** Truncates {@code message} to {@link #MESSAGE_LIMIT} characters. */
    public static String cut(String message) {
        return message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT);
    }
}
