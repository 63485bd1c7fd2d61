package dev.trainyard.cli;

import dev.trainyard.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** Output and exit status of one command. */
public record CommandLineRun(int exitCode, String out, String err) {

    public static CommandLineRun of(String... words) {
        return of(Terminal.NONE, words);
    }

    public static CommandLineRun of(Terminal terminal, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commands(terminal, words)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
        return new CommandLineRun(exitCode, out.toString(), err.toString());
    }

    /** Runs a command against {@code gateway}. */
    public static CommandLineRun at(FakeGateway gateway, String... words) {
        return of(with(gateway, words));
    }

    public static String[] with(FakeGateway gateway, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--server", gateway.url()));
        return all.toArray(String[]::new);
    }
}
