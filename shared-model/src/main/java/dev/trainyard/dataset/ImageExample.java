package dev.trainyard.dataset;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One labelled image as {@code tf.train.Example} with the features {@code image_raw} (bytes), {@code label}, {@code
 * height}, {@code width} and {@code depth} (int64). Source of the message format: tensorflow/core/example.
 */
final class ImageExample {
    private static final int ANY_FIRST_FIELD = WireFormat.FieldType.MESSAGE.getWireType() | 1 << 3;
    private static final int BYTES_LIST = 1;
    private static final int INT64_LIST = 3;
    private static final int PACKED = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int UNPACKED = 1 << 3 | WireFormat.WIRETYPE_VARINT;

    byte[] image;
    long label;
    long height;
    long width;
    long depth;

    /** Encodes one image, with features sorted by name like TensorFlow's deterministic writer. */
    static byte[] encode(byte[] image, int label, int height, int width, int depth) {
        return message(example -> example.writeByteArray(1, message(features -> {
            features.writeByteArray(1, entry("depth", int64(depth)));
            features.writeByteArray(1, entry("height", int64(height)));
            features.writeByteArray(1, entry("image_raw", message(f -> {
                f.writeByteArray(BYTES_LIST, message(list -> list.writeByteArray(1, image)));
            })));
            features.writeByteArray(1, entry("label", int64(label)));
            features.writeByteArray(1, entry("width", int64(width)));
        })));
    }

    /**
     * Decodes into this reusable object. Feature order, packing and additional features are irrelevant.
     *
     * @throws IOException if the bytes are not an example, or one of the five features is missing
     */
    void decode(byte[] buffer, int offset, int length) throws IOException {
        image = null;
        label = height = width = depth = -1;
        CodedInputStream in = CodedInputStream.newInstance(buffer, offset, length);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == ANY_FIRST_FIELD) {
                within(in, this::features);
            } else {
                in.skipField(tag);
            }
        }
        require(image != null, "image_raw");
        require(label >= 0, "label");
        require(height >= 0, "height");
        require(width >= 0, "width");
        require(depth >= 0, "depth");
    }

    private void features(CodedInputStream in, int tag) throws IOException {
        if (tag != ANY_FIRST_FIELD) {
            in.skipField(tag);
            return;
        }
        // Entry of a map. Writers may put the value before the key, so both are collected first.
        String key = "";
        byte[] value = null;
        int limit = in.pushLimit(in.readRawVarint32());
        for (int entryTag = in.readTag(); entryTag != 0; entryTag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(entryTag)) {
                case 1 -> key = in.readString();
                case 2 -> value = in.readByteArray();
                default -> in.skipField(entryTag);
            }
        }
        in.popLimit(limit);
        if (value == null) {
            return;
        }
        CodedInputStream feature = CodedInputStream.newInstance(value);
        switch (key) {
            case "image_raw" -> image = bytesOf(feature);
            case "label" -> label = int64Of(feature);
            case "height" -> height = int64Of(feature);
            case "width" -> width = int64Of(feature);
            case "depth" -> depth = int64Of(feature);
            default -> {
                // unused feature
            }
        }
    }

    private static byte[] bytesOf(CodedInputStream feature) throws IOException {
        byte[][] found = new byte[1][];
        list(feature, BYTES_LIST, (in, tag) -> {
            if (tag == PACKED) {
                found[0] = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        });
        return found[0];
    }

    private static long int64Of(CodedInputStream feature) throws IOException {
        long[] found = {-1};
        list(feature, INT64_LIST, (in, tag) -> {
            if (tag == PACKED) {
                int limit = in.pushLimit(in.readRawVarint32());
                while (!in.isAtEnd()) {
                    found[0] = in.readInt64();
                }
                in.popLimit(limit);
            } else if (tag == UNPACKED) {
                found[0] = in.readInt64();
            } else {
                in.skipField(tag);
            }
        });
        return found[0];
    }

    private static void list(CodedInputStream feature, int kind, FieldReader values) throws IOException {
        for (int tag = feature.readTag(); tag != 0; tag = feature.readTag()) {
            if (tag == (kind << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                within(feature, values);
            } else {
                feature.skipField(tag);
            }
        }
    }

    private static void within(CodedInputStream in, FieldReader fields) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields.read(in, tag);
        }
        in.popLimit(limit);
    }

    private static void require(boolean present, String feature) throws IOException {
        if (!present) {
            throw new InvalidProtocolBufferException("the example has no feature " + feature);
        }
    }

    private static byte[] entry(String key, byte[] feature) {
        return message(entry -> {
            entry.writeString(1, key);
            entry.writeByteArray(2, feature);
        });
    }

    private static byte[] int64(long value) {
        return message(feature -> feature.writeByteArray(
                INT64_LIST, message(list -> list.writeByteArray(1, message(packed -> packed.writeInt64NoTag(value))))));
    }

    private static byte[] message(FieldWriter fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 256);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused a write", e);
        }
        return bytes.toByteArray();
    }

    private interface FieldReader {
        void read(CodedInputStream in, int tag) throws IOException;
    }

    private interface FieldWriter {
        void write(CodedOutputStream out) throws IOException;
    }
}
