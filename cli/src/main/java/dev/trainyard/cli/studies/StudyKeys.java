package dev.trainyard.cli.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.PagedList;
import java.util.List;
import java.util.Locale;

/** Resolves the ways to name a study: its id, a prefix of it, or {@code latest}. */
final class StudyKeys {
    static final String LABEL = "STUDY";
    static final String DESCRIPTION = "Study id, a prefix of one, or latest.";
    static final String LIST = "/api/v1/studies";

    private static final String ADVICE = "./trainyard study ls lists studies.";
    private static final int WHOLE = 36;
    /** Newest studies in which a prefix is searched. */
    private static final int SEARCHED = 1_000;

    private StudyKeys() {}

    static String path(String id) {
        return LIST + "/" + id;
    }

    /** Returns the full id. A full id is returned without a request. */
    static String resolve(GatewayClient gateway, String word) throws CommandException {
        if (word.equals("latest")) {
            List<JsonNode> studies = PagedList.read(gateway, LIST, "studies", 1).items();
            if (studies.isEmpty()) {
                throw new CommandException(
                        ExitCodes.NOT_FOUND, "There is no study yet.", "./trainyard study create begins one.");
            }
            return gateway.text(studies.get(0), "id");
        }
        if (!word.matches("[0-9a-fA-F-]{1,36}")) {
            throw CommandException.usage("\"%s\" is not a study id.".formatted(word), ADVICE);
        }
        return word.length() == WHOLE ? word : beginningWith(gateway, word.toLowerCase(Locale.ROOT));
    }

    private static String beginningWith(GatewayClient gateway, String word) throws CommandException {
        List<String> fitting = PagedList.read(gateway, LIST, "studies", SEARCHED).items().stream()
                .map(study -> study.path("id").asText())
                .filter(id -> id.startsWith(word))
                .toList();
        if (fitting.isEmpty()) {
            throw new CommandException(ExitCodes.NOT_FOUND, "No study id begins with %s.".formatted(word), ADVICE);
        }
        if (fitting.size() > 1) {
            throw CommandException.usage(
                    "Several study ids begin with %s.".formatted(word), "Enter more characters of the id.");
        }
        return fitting.get(0);
    }

    /** Like {@link GatewayClient#get}, with a hint for users of the command line. */
    static JsonNode study(GatewayClient gateway, String id) throws CommandException {
        try {
            return gateway.get(path(id));
        } catch (CommandException e) {
            throw e.exitCode() == ExitCodes.NOT_FOUND
                    ? new CommandException(ExitCodes.NOT_FOUND, "There is no study with id %s.".formatted(id), ADVICE)
                    : e;
        }
    }
}
