package dev.trainyard.cli;

import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.ServerAddress;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, with the console and the gateway that they make. */
public final class CommandContext {
    /** The one option that takes the word behind it. */
    static final String SERVER = "--server";

    private final Terminal terminal;
    private CommandLine root;
    private Console console;

    @Option(
            names = SERVER,
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Gateway; by default $TRAINYARD_SERVER, the platform that runs here, or "
                    + ServerAddress.DEFAULT + ".")
    private String server;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print results as JSON; what comes bit by bit as one object a line.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print results and errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Tell requests and where a failure came from.")
    private boolean verbose;

    @Option(names = "--no-color", scope = ScopeType.INHERIT, description = "No colours, as with the variable NO_COLOR.")
    private boolean noColor;

    CommandContext(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Whether {@code word} is one of these options, in its usual form. */
    static boolean isOption(String word) {
        return switch (word) {
            case SERVER, "--json", "-q", "--quiet", "-v", "--verbose", "--no-color" -> true;
            default -> word.startsWith(SERVER + "=");
        };
    }

    void attach(CommandLine commands) {
        root = commands;
    }

    /** One for all, because it knows whether a bar stands on the screen; first asked for when options are read. */
    public Console console() {
        if (console == null) {
            Console.Options options = new Console.Options(json, quiet, verbose, noColor);
            console = new Console(root.getOut(), root.getErr(), terminal, options);
        }
        return console;
    }

    /** For help on stdout. */
    CommandLine.Help.ColorScheme resultColours() {
        return colours(terminal.results());
    }

    /** For help on stderr. */
    CommandLine.Help.ColorScheme errorColours() {
        return colours(terminal.progress());
    }

    private CommandLine.Help.ColorScheme colours(boolean onTerminal) {
        boolean painted = onTerminal && terminal.colours() && !noColor;
        return CommandLine.Help.defaultColorScheme(painted ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
    }

    public GatewayClient gateway() throws CommandException {
        return gateway(Deadline.NEVER);
    }

    /** @param deadline after which no answer is waited for */
    public GatewayClient gateway(Deadline deadline) throws CommandException {
        return new GatewayClient(ServerAddress.of(server), deadline, console());
    }

    /** Whether somebody said which gateway is meant. */
    public boolean namesServer() {
        return ServerAddress.isNamed(server);
    }

    public boolean isVerbose() {
        return verbose;
    }

    /** What to type to reach the same gateway with {@code words}. */
    public String command(String words) {
        return "./trainyard " + words + (server == null ? "" : " --server " + server);
    }
}
