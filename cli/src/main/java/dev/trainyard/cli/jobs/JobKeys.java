package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.PagedList;
import java.util.List;
import java.util.Locale;

/** Resolves the ways to name a job: its key, a prefix of it, or {@code latest}. */
final class JobKeys {
    static final String LABEL = "KEY";
    static final String DESCRIPTION = "Job key, a prefix of one, or latest.";

    private static final String ADVICE = "./trainyard jobs ls lists jobs.";
    private static final String LIST = "/api/v1/train";
    private static final int WHOLE = 36;

    private JobKeys() {}

    static String path(String key) {
        return LIST + "/" + key;
    }

    /** Returns the full key. A full key is returned without a request. */
    static String resolve(GatewayClient gateway, String word) throws CommandException {
        if (word.equals("latest")) {
            List<JsonNode> jobs = PagedList.read(gateway, LIST, "jobs", 1).items();
            if (jobs.isEmpty()) {
                throw new CommandException(
                        ExitCodes.NOT_FOUND, "There is no job yet.", "./trainyard train submits one.");
            }
            return gateway.text(jobs.get(0), "key");
        }
        if (!word.matches("[0-9a-fA-F-]{1,36}")) {
            throw CommandException.usage("\"%s\" is not a job key.".formatted(word), ADVICE);
        }
        return word.length() == WHOLE ? word : beginningWith(gateway, word.toLowerCase(Locale.ROOT));
    }

    private static String beginningWith(GatewayClient gateway, String word) throws CommandException {
        List<JsonNode> fitting =
                PagedList.read(gateway, LIST + "?key=" + word, "jobs", 2).items();
        if (fitting.isEmpty()) {
            throw new CommandException(ExitCodes.NOT_FOUND, "No job key begins with %s.".formatted(word), ADVICE);
        }
        if (fitting.size() > 1) {
            throw CommandException.usage(
                    "Several job keys begin with %s.".formatted(word), "Enter more characters of the key.");
        }
        return gateway.text(fitting.get(0), "key");
    }

    /** Like {@link GatewayClient#get}, with a hint for users of the command line. */
    static JsonNode job(GatewayClient gateway, String key) throws CommandException {
        try {
            return gateway.get(path(key));
        } catch (CommandException e) {
            throw e.exitCode() == ExitCodes.NOT_FOUND ? unknown(key) : e;
        }
    }

    static CommandException unknown(String key) {
        return new CommandException(ExitCodes.NOT_FOUND, "There is no job with key %s.".formatted(key), ADVICE);
    }
}
