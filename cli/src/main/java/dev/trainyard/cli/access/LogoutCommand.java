package dev.trainyard.cli.access;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.StoredTokens;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code trainyard logout}. */
@Command(
        name = "logout",
        mixinStandardHelpOptions = true,
        description = "Deletes the stored access token of a gateway from this machine; it stays valid elsewhere.")
public final class LogoutCommand implements Callable<Integer> {
    private final CommandContext context;

    public LogoutCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException {
        String server = context.gateway().server();
        try {
            boolean stored = StoredTokens.ofUser().remove(server);
            context.console()
                    .note((stored ? "Logged out of %s." : "There was no stored token for %s.").formatted(server));
        } catch (IOException e) {
            throw new CommandException(ExitCodes.FAILED, "The token could not be deleted: " + e.getMessage(), null);
        }
        return ExitCodes.SUCCESS;
    }
}
