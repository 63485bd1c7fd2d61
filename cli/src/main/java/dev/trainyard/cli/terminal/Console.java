package dev.trainyard.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.Json;
import java.io.PrintWriter;

/** Results on stdout, everything else on stderr, as the global options want it. */
public final class Console {
    private static final String CLEAR_LINE = "\r\u001b[K";
    /** So that a line that is longer than the terminal is wide stays one. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintWriter out;
    private final PrintWriter err;
    private final Terminal terminal;
    private final Options options;
    private volatile boolean barShown;
    private volatile boolean finished;

    /** The global options that are about printing. */
    public record Options(boolean json, boolean quiet, boolean verbose, boolean noColor) {}

    public Console(PrintWriter out, PrintWriter err, Terminal terminal, Options options) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.options = options;
    }

    public boolean json() {
        return options.json();
    }

    /** Whether a bar may move on stderr. */
    public boolean hasBar() {
        return !finished && terminal.progress() && !options.quiet() && !options.json();
    }

    public synchronized void result(String text) {
        clearBar();
        out.println(text);
        out.flush();
    }

    /** A whole document. */
    public void result(JsonNode document) {
        result(Json.pretty(document));
    }

    /** One of many, on a line of its own. */
    public void line(JsonNode object) {
        result(Json.text(object));
    }

    /** Progress, silent with {@code --quiet}. */
    public synchronized void note(String text) {
        if (!options.quiet() && !finished) {
            clearBar();
            err.println(text);
            err.flush();
        }
    }

    /** Said with {@code --verbose} only. */
    public synchronized void detail(String text) {
        if (options.verbose()) {
            clearBar();
            err.println(text);
            err.flush();
        }
    }

    /** @param advice null for none */
    public synchronized void error(String text, String advice) {
        clearBar();
        boolean painted = terminal.progress() && terminal.colours() && !options.noColor();
        err.println((painted ? Colour.RED.paint("error:") : "error:") + " " + text);
        if (advice != null) {
            err.println("hint: " + advice);
        }
        err.flush();
    }

    /**
     * Said whatever the options are, because nobody can ask again. Waits for no other thread: one may hang in a pipe that
     * nobody empties.
     */
    public void printFinal(String text) {
        boolean clear = barShown;
        finished = true; // what else is told meanwhile would stand behind the last words
        err.println((clear ? CLEAR_LINE : "") + text);
        err.flush();
    }

    /** Takes the place of the bar before; nothing where there is no terminal. */
    public synchronized void bar(String text) {
        if (hasBar()) {
            err.print(NO_WRAP + CLEAR_LINE + text + WRAP);
            err.flush();
            barShown = true;
        }
    }

    /** Before standard input is read: whoever sits before a terminal would wonder what this waits for. */
    public void awaitInput() {
        if (terminal.input()) {
            note("Reading standard input; Ctrl-D ends it.");
        }
    }

    /** {@code text} for {@link #result}, in colour where that is wanted. */
    public String paint(Colour colour, String text) {
        boolean painted = terminal.results() && terminal.colours() && !options.noColor();
        return painted ? colour.paint(text) : text;
    }

    public synchronized void clearBar() {
        if (barShown) {
            err.print(CLEAR_LINE);
            err.flush();
            barShown = false;
        }
    }
}
