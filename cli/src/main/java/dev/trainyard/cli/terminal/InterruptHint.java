package dev.trainyard.cli.terminal;

/** While it is open, Ctrl-C says how to come back: whoever presses it may fear for the job. */
public final class InterruptHint implements AutoCloseable {
    private final Thread hook;
    private volatile String words;

    /** @param words what happened, and what to type */
    public InterruptHint(Console console, String words) {
        this.words = words;
        hook = new Thread(() -> console.parting(this.words));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** From now on, in place of what was to be said before. */
    public void say(String otherWords) {
        words = otherWords;
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
