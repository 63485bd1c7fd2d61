package dev.trainyard.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes results to stdout and everything else to stderr, according to the global options. */
public final class Console {
    private static final String CLEAR_LINE = "\r\u001b[K";
    /** Keeps the bar on one line if it is wider than the terminal. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintWriter out;
    private final PrintWriter err;
    private final Terminal terminal;
    private final Options options;
    private volatile boolean barShown;
    private volatile boolean finished;

    /** The global options for output. */
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

    /** Returns true if a progress bar can be shown on stderr. */
    public boolean hasBar() {
        return !finished && terminal.progress() && !options.quiet() && !options.json();
    }

    public synchronized void result(String text) {
        clearBar();
        out.println(text);
        out.flush();
    }

    /** Prints a whole JSON document, indented. */
    public void result(JsonNode document) {
        result(Json.pretty(document));
    }

    /** Prints one JSON object of a stream on its own line. */
    public void line(JsonNode object) {
        result(Json.text(object));
    }

    /** Prints progress; suppressed by {@code --quiet}. */
    public synchronized void note(String text) {
        if (!options.quiet() && !finished) {
            clearBar();
            err.println(text);
            err.flush();
        }
    }

    /** Printed with {@code --verbose} only. */
    public synchronized void detail(String text) {
        if (options.verbose()) {
            clearBar();
            err.println(text);
            err.flush();
        }
    }

    public synchronized void error(String text, @Nullable String advice) {
        clearBar();
        boolean painted = terminal.progress() && terminal.colours() && !options.noColor();
        err.println((painted ? Colour.RED.paint("error:") : "error:") + " " + text);
        if (advice != null) {
            err.println("hint: " + advice);
        }
        err.flush();
    }

    /**
     * Prints a last message regardless of the options. It is not synchronized, because another thread may hold the lock
     * while it blocks on a full pipe.
     */
    public void printFinal(String text) {
        boolean clear = barShown;
        finished = true; // later output of other threads would follow the last message
        err.println((clear ? CLEAR_LINE : "") + text);
        err.flush();
    }

    /** Replaces the previous bar; does nothing without a terminal. */
    public synchronized void bar(String text) {
        if (hasBar()) {
            err.print(NO_WRAP + CLEAR_LINE + text + WRAP);
            err.flush();
            barShown = true;
        }
    }

    /** Returns true if the user can answer questions. */
    public boolean isInteractive() {
        return terminal.input() && !options.json();
    }

    /** Asks on stderr and returns the answer; empty at the end of standard input. */
    public synchronized String ask(String question) throws CommandException {
        clearBar();
        err.print(question);
        err.flush();
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw CommandException.usage("Standard input cannot be read: " + e.getMessage(), null);
        }
    }

    /** Tells a user at a terminal that the command waits for standard input. */
    public void awaitInput() {
        if (terminal.input()) {
            note("Reading standard input; Ctrl-D ends it.");
        }
    }

    /** Colours {@code text} for {@link #result} if colours are enabled. */
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
