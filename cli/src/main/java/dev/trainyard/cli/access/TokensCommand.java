package dev.trainyard.cli.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Table;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard tokens …}. */
@Command(
        name = "tokens",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        addMethodSubcommands = false,
        description = "Lists, creates, rotates and revokes access tokens; for administrators.")
public final class TokensCommand extends CommandGroup {
    private static final String PATH = "/api/v1/tokens";
    private static final String ID = "The token's id, from tokens ls.";

    public TokensCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists tokens, the newest first.")
    int list() throws CommandException {
        JsonNode listing = context().gateway().get(PATH);
        if (context().console().json()) {
            context().console().result(listing);
            return ExitCodes.SUCCESS;
        }
        Table table = new Table("ID", "NAME", "ROLE", "PROJECT", "STATE", "LAST USED");
        for (JsonNode token : listing.path("tokens")) {
            table.add(
                    token.path("id").asText(),
                    token.path("name").asText(),
                    token.path("role").asText(),
                    token.path("project").asText("all"),
                    state(token),
                    token.path("last_used_at").asText("never"));
        }
        context().console().result(table.toString());
        return ExitCodes.SUCCESS;
    }

    private static String state(JsonNode token) {
        if (token.has("revoked_at")) {
            return "revoked";
        }
        return token.has("expires_at") ? "expires " + token.path("expires_at").asText() : "valid";
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Creates a token and prints it; it is not shown again. It is valid in the project of --project.")
    int create(
            @Parameters(paramLabel = "NAME", description = "What or whom the token is for.") String name,
            @Option(
                            names = "--role",
                            required = true,
                            paramLabel = "ROLE",
                            description = "viewer, predictor, submitter, operator or administrator.")
                    String role,
            @Option(
                            names = "--expires-in",
                            paramLabel = "DURATION",
                            description = "ISO 8601 duration, such as P90D. Default: it does not expire.")
                    String expiresIn,
            @Option(
                            names = "--scope",
                            paramLabel = "PERMISSION",
                            description = "Only this permission of the role; may be repeated.")
                    List<String> scopes)
            throws CommandException {
        ObjectNode body = Json.object().put("name", name).put("role", role);
        String project = context().project();
        if (project != null) {
            body.put("project", project);
        }
        if (expiresIn != null) {
            body.put("expires_in", expiresIn);
        }
        if (scopes != null) {
            ArrayNode list = body.putArray("scopes");
            scopes.forEach(list::add);
        }
        return printSecret(context().gateway().post(PATH, body));
    }

    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Gives a token a new secret and prints it; the previous one is refused from then on.")
    int rotate(@Parameters(paramLabel = "ID", description = ID) String id) throws CommandException {
        return printSecret(context().gateway().post(path(id) + "/rotate"));
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revokes a token on all gateways.")
    int revoke(@Parameters(paramLabel = "ID", description = ID) String id) throws CommandException {
        context().gateway().delete(path(id));
        context().console().note("Revoked %s.".formatted(id));
        return ExitCodes.SUCCESS;
    }

    private static String path(String id) throws CommandException {
        if (!id.matches("[0-9a-f]{16}")) {
            throw CommandException.usage(
                    "\"%s\" is not the id of a token.".formatted(id), "./trainyard tokens ls lists them.");
        }
        return PATH + "/" + id;
    }

    private int printSecret(JsonNode created) throws CommandException {
        GatewayClient gateway = context().gateway();
        if (context().console().json()) {
            context().console().result(created);
        } else {
            context().console().result(gateway.text(created, "token"));
        }
        return ExitCodes.SUCCESS;
    }
}
