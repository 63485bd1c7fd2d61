package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** What a person may write for a job: its key, the beginning of it, or {@code latest}. */
final class JobKeys {
    static final String LABEL = "KEY";
    static final String DESCRIPTION = "Key of a job, the beginning of one, or latest.";

    private static final String ADVICE = "./trainyard jobs ls lists jobs.";
    private static final int WHOLE = 36;
    private static final int AMONG = 500;

    private JobKeys() {}

    static String path(String key) {
        return "/api/v1/train/" + key;
    }

    /** The whole key. One that is whole already is not looked for. */
    static String resolve(GatewayClient gateway, String word) throws CommandFailure {
        if (!word.equals("latest") && !word.matches("[0-9a-fA-F-]{1,36}")) {
            throw CommandFailure.usage("\"%s\" is no key of a job.".formatted(word), ADVICE);
        }
        if (word.length() == WHOLE) {
            return word;
        }
        boolean latest = word.equals("latest");
        JsonNode jobs = gateway.get("/api/v1/train?limit=" + (latest ? 1 : AMONG)).path("jobs");
        List<String> fitting = StreamSupport.stream(jobs.spliterator(), false)
                .map(job -> job.path("key").asText())
                .filter(key -> latest || key.startsWith(word.toLowerCase(Locale.ROOT)))
                .toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        if (fitting.isEmpty()) {
            String none = latest
                    ? "There is no job yet."
                    : "None of the newest %d jobs has a key that begins with %s.".formatted(AMONG, word);
            throw new CommandFailure(ExitCodes.NOT_FOUND, none, ADVICE);
        }
        throw CommandFailure.usage(
                "%d jobs have keys that begin with %s.".formatted(fitting.size(), word), "Write more of the key.");
    }

    /** As {@link GatewayClient#get}, with the advice of this command line. */
    static JsonNode job(GatewayClient gateway, String key) throws CommandFailure {
        try {
            return gateway.get(path(key));
        } catch (CommandFailure e) {
            throw e.exitCode() == ExitCodes.NOT_FOUND ? unknown(key) : e;
        }
    }

    static CommandFailure unknown(String key) {
        return new CommandFailure(
                ExitCodes.NOT_FOUND, "There is no job with key %s.".formatted(key), ADVICE);
    }
}
