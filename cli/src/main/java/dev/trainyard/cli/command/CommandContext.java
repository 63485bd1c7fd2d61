package dev.trainyard.cli.command;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.ServerAddress;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, with the console and the gateway client built from them. */
public final class CommandContext {
    /** The global options that take a value as a separate word. */
    static final String SERVER = "--server";

    static final String PROJECT = "--project";

    private static final String PROJECT_VARIABLE = "TRAINYARD_PROJECT";

    private final Terminal terminal;

    @SuppressWarnings("NullAway.Init") // set by attach
    private CommandLine root;

    private @Nullable Console console;

    @Option(
            names = SERVER,
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Gateway address. Default: $TRAINYARD_SERVER, the platform on this machine, or "
                    + ServerAddress.DEFAULT + ".")
    private String server;

    @Option(
            names = PROJECT,
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "Project of the command. Default: $TRAINYARD_PROJECT, or the only project of the token.")
    private @Nullable String project;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print results as JSON; streams as one object per line.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print results and errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print requests, and stack traces of unexpected errors.")
    private boolean verbose;

    @Option(
            names = "--no-color",
            scope = ScopeType.INHERIT,
            description = "Disable colours, like the variable NO_COLOR.")
    private boolean noColor;

    public CommandContext(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Returns true if {@code word} is one of these options in its usual form. */
    static boolean isOption(String word) {
        return switch (word) {
            case SERVER, PROJECT, "--json", "-q", "--quiet", "-v", "--verbose", "--no-color" -> true;
            default -> word.startsWith(SERVER + "=") || word.startsWith(PROJECT + "=");
        };
    }

    public void attach(CommandLine commands) {
        root = commands;
    }

    /**
     * Returns the console of this process. It is shared because it tracks the progress bar on the screen, and created
     * on first use because the options must have been parsed.
     */
    public Console console() {
        if (console == null) {
            Console.Options options = new Console.Options(json, quiet, verbose, noColor);
            console = new Console(root.getOut(), root.getErr(), terminal, options);
        }
        return console;
    }

    /** Colours for help on stdout. */
    public CommandLine.Help.ColorScheme resultColours() {
        return colours(terminal.results());
    }

    /** Colours for help on stderr. */
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

    /** @param deadline after which requests are given up */
    public GatewayClient gateway(Deadline deadline) throws CommandException {
        return new GatewayClient(ServerAddress.of(server), deadline, console(), project());
    }

    /** Returns the project that the user named; null for the one that the gateway chooses. */
    public @Nullable String project() throws CommandException {
        String variable = System.getenv(PROJECT_VARIABLE);
        String name = project != null || variable == null || variable.isBlank() ? project : variable;
        if (name != null && !name.matches("[a-z]([a-z0-9-]{0,38}[a-z0-9])?")) {
            throw CommandException.usage(
                    "\"%s\" is not the name of a project.".formatted(name),
                    "Set --project or %s to lower-case letters, digits and hyphens.".formatted(PROJECT_VARIABLE));
        }
        return name;
    }

    /** Returns true if the user named a gateway. */
    public boolean namesServer() {
        return ServerAddress.isNamed(server);
    }

    public boolean isVerbose() {
        return verbose;
    }

    /** Returns the command line that runs {@code words} against the same gateway. */
    public String command(String words) {
        return "./trainyard " + words + (server == null ? "" : " --server " + server)
                + (project == null ? "" : " --project " + project);
    }
}
