package dev.trainyard.cli.terminal;

/** While it is open, Ctrl-C says how to come back: whoever presses it may fear for the job. */
public final class Detaching implements AutoCloseable {
    private final Thread words;

    /** @param comeBack what to type */
    public Detaching(Console console, String comeBack) {
        words = new Thread(() -> console.parting("Detached. " + comeBack));
        Runtime.getRuntime().addShutdownHook(words);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(words);
        } catch (IllegalStateException e) {
            // it is being said
        }
    }
}
