package dev.trainyard.cli.terminal;

/** While it is open, Ctrl-C says how to come back: whoever presses it may fear for the job. */
public final class InterruptHint implements AutoCloseable {
    private final Thread hook;
    private volatile String message;

    /** @param message what happened, and what to type */
    public InterruptHint(Console console, String message) {
        this.message = message;
        hook = new Thread(() -> console.printFinal(this.message));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** From now on, in place of what was to be said before. */
    public void replace(String newMessage) {
        message = newMessage;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is being said
        }
    }
}
