package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A training's configuration, put together; the gateway judges what is in it. */
final class Configuration {
    private static final String DEFAULTS = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"lenet5","network_args":{},
             "train_args":{"batch_size":32,"epochs":5}}""";

    private final ObjectNode json;

    private Configuration(ObjectNode json) {
        this.json = json;
    }

    /**
     * The defaults, unless there is a whole one.
     *
     * @param file its path, or - for standard input; null for none
     * @param text itself; null for none
     */
    static Configuration of(String file, String text) throws CommandFailure {
        if (file != null && text != null) {
            throw CommandFailure.usage("--config and --configs are two configurations.", "Give one of them.");
        }
        String whole = file == null ? text : content(file);
        String name = file == null ? "--configs" : file.equals("-") ? "Standard input" : file;
        JsonNode json = Json.read(whole == null ? DEFAULTS : whole).orElse(null);
        if (!(json instanceof ObjectNode object)) {
            throw CommandFailure.usage(
                    "%s holds no JSON object.".formatted(name), "A configuration begins like " + DEFAULTS.lines().findFirst().orElse(""));
        }
        return new Configuration(object);
    }

    private static String content(String file) throws CommandFailure {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw CommandFailure.usage(
                    "There is no text file %s to be read.".formatted(file), "--configs takes the JSON itself.");
        }
    }

    Configuration network(String name) {
        if (name != null) {
            json.put("network", name);
        }
        return this;
    }

    Configuration epochs(Integer number) throws CommandFailure {
        if (number != null) {
            set("train_args.epochs", number.toString());
        }
        return this;
    }

    /** @param settings each {@code path.to.field=value}, the value JSON or else a text */
    Configuration set(List<String> settings) throws CommandFailure {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw CommandFailure.usage(
                        "--set %s says no value.".formatted(setting), "Write it like --set train_args.batch_size=64.");
            }
            set(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return this;
    }

    private void set(String path, String value) throws CommandFailure {
        String[] names = path.split("\\.", -1);
        ObjectNode place = json;
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode inner = place.path(names[i]);
            if (!inner.isMissingNode() && !inner.isNull() && !inner.isObject()) {
                throw CommandFailure.usage(
                        "--set %s cannot be: %s is %s and no object.".formatted(path, names[i], inner), null);
            }
            place = inner instanceof ObjectNode object ? object : place.putObject(names[i]);
        }
        place.set(names[names.length - 1], Json.read(value).orElse(TextNode.valueOf(value)));
    }

    ObjectNode json() {
        return json;
    }
}
