package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.InputFile;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Builds the configuration of a training job. Its content is validated by the gateway. */
final class TrainingConfiguration {
    private static final String DEFAULTS = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"lenet5","network_args":{},
             "train_args":{"batch_size":32,"epochs":5}}""";

    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final ObjectNode json;

    private TrainingConfiguration(ObjectNode json) {
        this.json = json;
    }

    /**
     * Starts from the given configuration, or from the defaults.
     *
     * @param file path, or - for standard input; null for none
     * @param text JSON; null for none
     */
    static TrainingConfiguration of(String file, String text, Console console) throws CommandException {
        if (file != null && text != null) {
            throw CommandException.usage("--config and --configs cannot be combined.", "Use one of them.");
        }
        if (file != null) {
            String content = new String(InputFile.read(file, console), StandardCharsets.UTF_8);
            return new TrainingConfiguration(object(file.equals("-") ? "Standard input" : file, content));
        }
        return new TrainingConfiguration(object("--configs", text == null ? DEFAULTS : text));
    }

    /** @param name of the source of {@code text}, for error messages */
    private static ObjectNode object(String name, String text) throws CommandException {
        String why = "";
        try {
            if (Json.parse(text.replaceFirst("^" + BYTE_ORDER_MARK, "")) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            why = " (line %d, column %d: %s)"
                    .formatted(
                            e.getLocation().getLineNr(), e.getLocation().getColumnNr(), plain(e.getOriginalMessage()));
        }
        throw CommandException.usage(
                "%s is not a JSON object%s.".formatted(name, why), "Example: " + DEFAULTS.replaceAll("\\s", ""));
    }

    /** Removes Jackson's "start marker" suffix, which refers to an internal source. */
    private static String plain(String message) {
        int place = message.indexOf(" (start marker at ");
        return place < 0 ? message : message.substring(0, place);
    }

    TrainingConfiguration network(String name) {
        if (name != null) {
            json.put("network", name);
        }
        return this;
    }

    TrainingConfiguration engine(String name) {
        if (name != null) {
            json.put("engine", name);
        }
        return this;
    }

    TrainingConfiguration pool(String name) {
        if (name != null) {
            json.put("pool", name);
        }
        return this;
    }

    /** Replaces the jobs to wait for, if there are any {@code keys}. */
    TrainingConfiguration after(List<String> keys) {
        if (!keys.isEmpty()) {
            ArrayNode list = json.putArray("after");
            keys.forEach(list::add);
        }
        return this;
    }

    /** @param value a name or a number */
    TrainingConfiguration priority(String value) throws CommandException {
        if (value != null) {
            set("--priority", "priority", value);
        }
        return this;
    }

    TrainingConfiguration epochs(Integer number) throws CommandException {
        if (number != null) {
            set("--epochs", "train_args.epochs", number.toString());
        }
        return this;
    }

    TrainingConfiguration scheduleEpochs(Integer number) throws CommandException {
        if (number != null) {
            set("--schedule-epochs", "train_args.schedule_epochs", number.toString());
        }
        return this;
    }

    /** @param settings each {@code path.to.field=value}; a value that is not JSON is taken as text */
    TrainingConfiguration set(List<String> settings) throws CommandException {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw CommandException.usage(
                        "--set %s is not of the form PATH=VALUE.".formatted(setting),
                        "Example: --set train_args.batch_size=64.");
            }
            String path = setting.substring(0, equals);
            set("--set " + path, path, setting.substring(equals + 1));
        }
        return this;
    }

    /** @param option for error messages */
    private void set(String option, String path, String value) throws CommandException {
        String[] names = path.split("\\.", -1);
        ObjectNode place = json;
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode inner = place.path(names[i]);
            if (!inner.isMissingNode() && !inner.isNull() && !inner.isObject()) {
                throw CommandException.usage(
                        "%s is not possible: %s is %s, not an object.".formatted(option, names[i], inner),
                        "Set %s as a whole, or correct the configuration.".formatted(names[i]));
            }
            place = inner instanceof ObjectNode object ? object : place.putObject(names[i]);
        }
        place.set(names[names.length - 1], Json.read(value).orElse(TextNode.valueOf(value)));
    }

    ObjectNode json() {
        return json;
    }
}
