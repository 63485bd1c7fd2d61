package dev.trainyard.gateway.predictions.inference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.message.PredictReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An encoded inference response.
 *
 * @param bytes the JSON, followed by the binary outputs
 * @param jsonLength length of the JSON in bytes; that of {@code bytes} if there are no binary outputs
 */
record InferResponse(byte[] bytes, int jsonLength) {
    private static final JsonFactory JSON = new JsonFactory();

    static InferResponse of(InferRequest request, TensorPredictor.TensorPredictions answers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream binary = new ByteArrayOutputStream();
        try {
            try (JsonGenerator json = JSON.createGenerator(out)) {
                json.writeStartObject();
                json.writeStringField("model_name", ModelName.plain(answers.model()));
                json.writeStringField("model_version", String.valueOf(answers.version()));
                if (request.id() != null) {
                    json.writeStringField("id", request.id());
                }
                json.writeArrayFieldStart("outputs");
                for (InferRequest.Output output : request.outputs()) {
                    write(output, answers.each(), json, binary);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            int jsonLength = out.size();
            binary.writeTo(out);
            return new InferResponse(out.toByteArray(), jsonLength);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    boolean isBinary() {
        return jsonLength < bytes.length;
    }

    private static void write(
            InferRequest.Output output, PredictReply.Answered[] each, JsonGenerator json, ByteArrayOutputStream binary)
            throws IOException {
        boolean probabilities = output.name().equals(InferRequest.PROBABILITIES);
        int classes = each[0].probabilities().length;
        json.writeStartObject();
        json.writeStringField("name", output.name());
        json.writeStringField("datatype", probabilities ? "FP32" : "INT64");
        json.writeArrayFieldStart("shape");
        json.writeNumber(each.length);
        if (probabilities) {
            json.writeNumber(classes);
        }
        json.writeEndArray();
        if (output.binary()) {
            byte[] values = probabilities ? probabilities(each, classes) : predictions(each);
            binary.write(values);
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("binary_data_size", values.length);
            json.writeEndObject();
        } else {
            json.writeArrayFieldStart("data");
            for (PredictReply.Answered one : each) {
                if (probabilities) {
                    for (float probability : one.probabilities()) {
                        json.writeNumber(probability);
                    }
                } else {
                    json.writeNumber(one.prediction());
                }
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static byte[] probabilities(PredictReply.Answered[] each, int classes) {
        ByteBuffer values =
                ByteBuffer.allocate(each.length * classes * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (PredictReply.Answered one : each) {
            for (float probability : one.probabilities()) {
                values.putFloat(probability);
            }
        }
        return values.array();
    }

    private static byte[] predictions(PredictReply.Answered[] each) {
        ByteBuffer values = ByteBuffer.allocate(each.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (PredictReply.Answered one : each) {
            values.putLong(one.prediction());
        }
        return values.array();
    }
}
