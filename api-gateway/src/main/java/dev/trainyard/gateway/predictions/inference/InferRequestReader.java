package dev.trainyard.gateway.predictions.inference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.trainyard.gateway.http.Utf8;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.JsonErrorMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads inference requests of the Open Inference Protocol, with tensors as JSON or as bytes after the JSON (binary
 * tensor data extension of Triton and KServe). Values are parsed while they are read, so that a request never takes
 * more memory than {@link InferRequest#MAX_IMAGES} images. A null field counts as absent, because many clients send
 * optional fields so.
 */
final class InferRequestReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNameLength(1_000)
                    .maxNumberLength(100)
                    .maxStringLength(10_000)
                    .build())
            .build();
    /** The protocol has a dozen fields; the parser remembers every name to detect duplicates. */
    private static final int MAX_FIELDS = 1_000;

    private static final long MAX_TIMEOUT_MICROS = 86_400_000_000L;

    private final byte[] body;
    private final JsonParser json;
    private final int jsonLength;
    private @Nullable String id;
    private @Nullable TensorInput input;
    private List<InferRequest.RequestedOutput> outputs = List.of();
    private boolean binaryOutputs;
    private @Nullable Duration timeout;

    private InferRequestReader(byte[] body, int jsonLength) throws IOException {
        this.body = body;
        this.jsonLength = jsonLength;
        Utf8.check(body, 0, jsonLength);
        int mark = Utf8.mark(body, 0, jsonLength);
        if (jsonLength - mark > 1 && (body[mark] == 0 || body[mark + 1] == 0)) {
            throw malformed("the JSON is not UTF-8"); // the parser would read it as UTF-16 or UTF-32
        }
        this.json = new FieldLimitingParser(JSON.createParser(body, mark, jsonLength - mark), MAX_FIELDS);
    }

    /**
     * Reads a request.
     *
     * @param headerLength {@code Inference-Header-Content-Length}: length of the JSON in bytes; null if the whole body
     *     is JSON
     * @throws ProblemException 400 if it is malformed
     */
    static InferRequest read(byte[] body, @Nullable String headerLength) {
        try {
            return new InferRequestReader(body, jsonLength(body, headerLength)).request();
        } catch (StreamConstraintsException e) {
            throw new ProblemException(
                    ProblemType.TOO_LARGE,
                    "the JSON is nested too deeply, has too many fields, or has a name or value that is too long");
        } catch (JsonProcessingException e) {
            throw malformed("the body is not JSON: " + JsonErrorMessages.plain(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProblemException malformed(String what) {
        return new ProblemException(ProblemType.MALFORMED_REQUEST, what);
    }

    private static int jsonLength(byte[] body, @Nullable String headerLength) {
        if (headerLength == null) {
            return body.length;
        }
        if (!headerLength.matches("[0-9]{1,9}") || Integer.parseInt(headerLength) > body.length) {
            throw malformed("Inference-Header-Content-Length must be the number of bytes of JSON, at most the body's %d"
                    .formatted(body.length));
        }
        return Integer.parseInt(headerLength);
    }

    private InferRequest request() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw malformed("the body must be a JSON object with inputs");
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "id" -> id = text("id");
                case "inputs" -> inputs();
                case "outputs" -> outputs = outputs();
                case "parameters" -> parameters();
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw malformed("the JSON is followed by more; is Inference-Header-Content-Length missing?");
        }
        if (input == null) {
            throw malformed("inputs is required: one tensor named " + InferRequest.INPUT);
        }
        return new InferRequest(id, input.values(body, jsonLength), input.count(), requestedOutputs(), timeout);
    }

    private void inputs() throws IOException {
        expect(JsonToken.START_ARRAY, "inputs");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (input != null) {
                throw malformed("inputs has more than one tensor; the model takes one, " + InferRequest.INPUT);
            }
            expect(JsonToken.START_OBJECT, "inputs");
            input = TensorInput.read(json);
        }
    }

    private List<InferRequest.RequestedOutput> outputs() throws IOException {
        List<InferRequest.RequestedOutput> requested = new ArrayList<>();
        expect(JsonToken.START_ARRAY, "outputs");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.START_OBJECT, "outputs");
            requested.add(output());
            if (requested.size() > InferRequest.OUTPUTS.size()) {
                throw malformed("outputs names more tensors than there are: " + InferRequest.OUTPUTS);
            }
        }
        return requested;
    }

    private InferRequest.RequestedOutput output() throws IOException {
        String name = null;
        Optional<Boolean> binary = Optional.empty();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            if (field.equals("name")) {
                name = text("outputs.name");
            } else if (field.equals("parameters") && json.currentToken() == JsonToken.START_OBJECT) {
                binary = outputParameters();
            } else {
                json.skipChildren();
            }
        }
        if (name == null || !InferRequest.OUTPUTS.contains(name)) {
            throw malformed("unexpected inference output '%s'; the model has %s".formatted(name, InferRequest.OUTPUTS));
        }
        return new InferRequest.RequestedOutput(name, binary);
    }

    private Optional<Boolean> outputParameters() throws IOException {
        Optional<Boolean> binary = Optional.empty();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "binary_data" -> binary = Optional.of(flag(field));
                case "classification" ->
                    throw malformed("the classification extension is not offered; ask for " + InferRequest.PREDICTION);
                case "shared_memory_region" -> throw malformed("shared memory is not offered");
                default -> json.skipChildren();
            }
        }
        return binary;
    }

    /** Reads the request's parameters; unknown ones are ignored. */
    private void parameters() throws IOException {
        expect(JsonToken.START_OBJECT, "parameters");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            if (field.equals("binary_data_output")) {
                binaryOutputs = flag(field);
            } else if (field.equals("timeout") && value == JsonToken.VALUE_NUMBER_INT) {
                timeout = timeout(json.getText());
            } else {
                json.skipChildren();
            }
        }
    }

    /** In microseconds, as in Triton; 0 means no timeout. */
    private static @Nullable Duration timeout(String micros) {
        if (micros.matches("[0-9]{1,11}") && Long.parseLong(micros) <= MAX_TIMEOUT_MICROS) {
            return micros.matches("0+") ? null : Duration.ofMillis(Math.max(1, Long.parseLong(micros) / 1000));
        }
        throw malformed("parameters.timeout must be microseconds from 0 to " + MAX_TIMEOUT_MICROS);
    }

    private List<InferRequest.Output> requestedOutputs() {
        List<InferRequest.RequestedOutput> all = outputs.isEmpty()
                ? InferRequest.OUTPUTS.stream()
                        .map(name -> new InferRequest.RequestedOutput(name, Optional.empty()))
                        .toList()
                : outputs;
        if (all.stream().map(InferRequest.RequestedOutput::name).distinct().count() < all.size()) {
            throw malformed("outputs names a tensor twice");
        }
        return all.stream()
                .map(one -> new InferRequest.Output(one.name(), one.binary().orElse(binaryOutputs)))
                .toList();
    }

    private boolean flag(String name) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw malformed(name + " must be true or false");
        }
        return json.getBooleanValue();
    }

    private String text(String name) throws IOException {
        expect(JsonToken.VALUE_STRING, name);
        return json.getText();
    }

    private void expect(JsonToken token, String name) {
        if (json.currentToken() != token) {
            throw malformed("%s must be %s"
                    .formatted(
                            name,
                            switch (token) {
                                case START_ARRAY -> "an array";
                                case START_OBJECT -> "made of objects";
                                default -> "a string";
                            }));
        }
    }
}
