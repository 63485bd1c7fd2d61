package dev.trainyard.cli.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Reads and writes JSON as trees. The commands pass on what the gateway sends, so they need no classes for it and start
 * sooner.
 */
public final class Json {
    /** Duplicate fields are an error, because one of the two values would be lost. */
    private static final JsonFactory FACTORY = new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Returns empty if {@code text} is not a JSON document. */
    public static Optional<JsonNode> read(String text) {
        try {
            JsonNode node = parse(text);
            return node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Parses exactly one document; returns a missing node if {@code text} is empty.
     *
     * @throws JsonProcessingException if it is not JSON, with the position of the error
     */
    public static JsonNode parse(String text) throws JsonProcessingException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return MissingNode.getInstance();
            }
            JsonNode tree = JsonTree.read(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "Unexpected content after the document");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading a string cannot fail", e);
        }
    }

    /** Writes {@code node} on one line. */
    public static String text(JsonNode node) {
        return written(node, false);
    }

    /** Writes {@code node} indented, with one field per line. */
    public static String pretty(JsonNode node) {
        return written(node, true);
    }

    private static String written(JsonNode node, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            if (pretty) {
                generator.setPrettyPrinter(new DefaultPrettyPrinter());
            }
            JsonTree.write(node, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a string cannot fail", e);
        }
        return text.toString();
    }
}
