package dev.trainyard.cli.terminal;

/** Prints a message on Ctrl-C while it is open, so that the user knows what happened and how to continue. */
public final class InterruptHint implements AutoCloseable {
    private final Thread hook;
    private volatile String message;

    /** @param message what happened and which command to run next */
    public InterruptHint(Console console, String message) {
        this.message = message;
        hook = new Thread(() -> console.printFinal(this.message));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Replaces the message. */
    public void replace(String newMessage) {
        message = newMessage;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is shutting down and prints the message
        }
    }
}
