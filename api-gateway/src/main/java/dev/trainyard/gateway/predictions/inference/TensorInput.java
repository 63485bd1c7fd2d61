package dev.trainyard.gateway.predictions.inference;

import static dev.trainyard.gateway.predictions.inference.InferRequestReader.malformed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Input tensor of a request: FP32 with shape [N,1,28,28], [N,28,28] or [N,784]. */
final class TensorInput {
    /** Larger values overflow within a network. */
    private static final float LARGEST = 1e9f;

    private static final int MAX_DIMENSIONS = 8;
    private static final int MAX_VALUES = InferRequest.MAX_IMAGES * InferRequest.PIXELS;
    private static final String DATATYPE = "FP32";

    private @Nullable String name;
    private @Nullable String datatype;
    private @Nullable List<Long> shape;
    private float @Nullable [] data;
    private int size;
    private @Nullable Long binarySize;

    private TensorInput() {}

    /** Reads the object at the parser's current token. */
    static TensorInput read(JsonParser json) throws IOException {
        TensorInput input = new TensorInput();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                continue; // counts as absent
            }
            switch (field) {
                case "name" -> input.name = json.getValueAsString();
                case "datatype" -> input.datatype = json.getValueAsString();
                case "shape" -> input.shape = shape(json);
                case "data" -> input.readData(json);
                case "parameters" -> input.readParameters(json);
                default -> json.skipChildren();
            }
        }
        input.check();
        return input;
    }

    private static List<Long> shape(JsonParser json) throws IOException {
        List<Long> shape = new ArrayList<>();
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw malformed("shape must be an array of whole numbers");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || shape.size() == MAX_DIMENSIONS) {
                throw malformed("shape must be an array of up to %d whole numbers".formatted(MAX_DIMENSIONS));
            }
            shape.add(json.getLongValue());
        }
        return shape;
    }

    /** Reads the values, flat or nested like the shape, in row-major order. */
    private void readData(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw malformed("data must be an array of numbers");
        }
        data = new float[InferRequest.PIXELS];
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else if (token != null && token.isNumeric()) {
                add((float) json.getDoubleValue());
            } else {
                throw malformed("data must hold numbers only");
            }
        }
    }

    private void add(float value) {
        if (size == MAX_VALUES) {
            throw malformed(
                    "data has more than the %d values of %d images".formatted(MAX_VALUES, InferRequest.MAX_IMAGES));
        }
        float[] values = Objects.requireNonNull(data);
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.min(MAX_VALUES, 2 * size));
            data = values;
        }
        values[size++] = value;
    }

    private void readParameters(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw malformed("parameters must be an object");
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            if (field.equals("binary_data_size")) {
                if (value != JsonToken.VALUE_NUMBER_INT) {
                    throw malformed("binary_data_size must be a whole number");
                }
                binarySize = json.getLongValue();
            } else if (field.equals("shared_memory_region")) {
                throw malformed("shared memory is not offered; send the tensor's data");
            } else {
                json.skipChildren();
            }
        }
    }

    private void check() {
        if (!InferRequest.INPUT.equals(name)) {
            throw malformed(
                    "unexpected inference input '%s'; the model takes '%s'".formatted(name, InferRequest.INPUT));
        }
        if (!DATATYPE.equals(datatype)) {
            throw malformed(
                    "inference input '%s' data-type is '%s', but the model expects '%s', from 0 black to 1 white"
                            .formatted(name, datatype, DATATYPE));
        }
        if (!hasShapeOfImages()) {
            throw malformed("inference input '%s' has shape %s; the model expects [N,1,28,28] (or [N,28,28] or [N,784])"
                    .formatted(name, shape));
        }
        if (count() < 1 || count() > InferRequest.MAX_IMAGES) {
            throw malformed("inference input '%s' has %d images; send 1 to %d at once"
                    .formatted(name, first(), InferRequest.MAX_IMAGES));
        }
        if ((data == null) == (binarySize == null)) {
            throw malformed("inference input '%s' must have either data or binary_data_size".formatted(name));
        }
        if (data != null && size != count() * InferRequest.PIXELS) {
            throw malformed("inference input '%s' has %d values, its shape %s needs %d"
                    .formatted(name, size, shape, count() * InferRequest.PIXELS));
        }
    }

    private boolean hasShapeOfImages() {
        if (shape == null || shape.size() < 2) {
            return false;
        }
        List<Long> image = shape.subList(1, shape.size());
        return image.equals(List.of(1L, 28L, 28L)) || image.equals(List.of(28L, 28L)) || image.equals(List.of(784L));
    }

    private long first() {
        return Objects.requireNonNull(shape).get(0);
    }

    /** Number of images. */
    int count() {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE / InferRequest.PIXELS, first()));
    }

    /** Returns the values, from the JSON or from the bytes of {@code body} after {@code jsonLength}. */
    float[] values(byte[] body, int jsonLength) {
        float[] values = data == null ? binary(body, jsonLength) : Arrays.copyOf(data, size);
        if (data != null && jsonLength != body.length) {
            throw malformed(
                    "%d bytes follow the JSON, but no input has binary_data_size".formatted(body.length - jsonLength));
        }
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i]) <= LARGEST)) {
                throw malformed("value %d of inference input '%s' is %s; it must be a number of at most ±%.0e"
                        .formatted(i, name, values[i], LARGEST));
            }
        }
        return values;
    }

    private float[] binary(byte[] body, int jsonLength) {
        long expected = (long) count() * InferRequest.PIXELS * Float.BYTES;
        int present = body.length - jsonLength;
        if (binarySize == null || binarySize != expected || present != expected) {
            throw malformed(
                    "inference input '%s' has binary_data_size %d and %d bytes follow the JSON; its shape %s needs %d"
                            .formatted(name, binarySize, present, shape, expected));
        }
        float[] values = new float[count() * InferRequest.PIXELS];
        ByteBuffer.wrap(body, jsonLength, present)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }
}
