package dev.trainyard.cli.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.SecretVariable;
import dev.trainyard.cli.gateway.StoredTokens;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code trainyard login}. */
@Command(
        name = "login",
        mixinStandardHelpOptions = true,
        description = "Stores an access token for a gateway, after the gateway has accepted it.",
        footer = {
            "",
            "The token is asked for, or read from standard input, and kept in the user's configuration folder.",
            "Without a login, TRAINYARD_TOKEN or TRAINYARD_TOKEN_FILE names the token."
        })
public final class LoginCommand implements Callable<Integer> {
    private final CommandContext context;

    public LoginCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException {
        GatewayClient gateway = context.gateway();
        String token = ask(gateway.server());
        JsonNode me = gateway.withToken(token).get("/api/v1/me");
        if (me.path("mode").asText().equals("none")) {
            context.console().note("%s needs no access token; nothing was stored.".formatted(gateway.server()));
            return ExitCodes.SUCCESS;
        }
        StoredTokens tokens = StoredTokens.ofUser();
        try {
            tokens.put(gateway.server(), token);
        } catch (IOException e) {
            throw new CommandException(ExitCodes.FAILED, "The token could not be stored: " + e.getMessage(), null);
        }
        context.console()
                .note("Logged in to %s as %s (%s); the token is in %s."
                        .formatted(
                                gateway.server(),
                                me.path("name").asText(),
                                me.path("role").asText(),
                                tokens.file()));
        return ExitCodes.SUCCESS;
    }

    private static String ask(String server) throws CommandException {
        Console terminal = System.console();
        String token;
        try {
            if (terminal != null) {
                char[] typed = terminal.readPassword("Access token for %s: ", server);
                token = typed == null ? "" : new String(typed);
            } else {
                String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
                token = line == null ? "" : line;
            }
        } catch (IOException e) {
            throw CommandException.usage("Standard input cannot be read: " + e.getMessage(), null);
        }
        if (!SecretVariable.isWord(token.strip())) {
            throw CommandException.usage(
                    "There is no access token on standard input.", "Pipe it in: ./trainyard login < token.txt");
        }
        return token.strip();
    }
}
