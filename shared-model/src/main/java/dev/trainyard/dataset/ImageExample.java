package dev.trainyard.dataset;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trainyard.dataset.tensorflow.BytesList;
import dev.trainyard.dataset.tensorflow.Example;
import dev.trainyard.dataset.tensorflow.Feature;
import dev.trainyard.dataset.tensorflow.Features;
import dev.trainyard.dataset.tensorflow.Int64List;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One labelled image as {@code tf.train.Example} with the features {@code image_raw} (bytes), {@code label}, {@code
 * height}, {@code width} and {@code depth} (int64).
 *
 * @param image one byte per pixel and channel
 */
record ImageExample(ByteString image, long label, long height, long width, long depth) {

    /** Encodes this image, with features sorted by name like TensorFlow's deterministic writer. */
    byte[] encode() {
        Example example = Example.newBuilder()
                .setFeatures(Features.newBuilder()
                        .putFeature("image_raw", bytes(image))
                        .putFeature("label", int64(label))
                        .putFeature("height", int64(height))
                        .putFeature("width", int64(width))
                        .putFeature("depth", int64(depth)))
                .build();
        byte[] bytes = new byte[example.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            example.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the serialized size is too small", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    /**
     * Decodes an image. Feature order, packing and additional features are irrelevant.
     *
     * @throws IOException if the bytes are not an example, or one of the five features is missing
     */
    static ImageExample decode(byte[] buffer, int offset, int length) throws IOException {
        Features features = Example.parser().parseFrom(buffer, offset, length).getFeatures();
        return new ImageExample(
                imageRaw(features),
                int64(features, "label"),
                int64(features, "height"),
                int64(features, "width"),
                int64(features, "depth"));
    }

    private static ByteString imageRaw(Features features) throws InvalidProtocolBufferException {
        BytesList list = feature(features, "image_raw").getBytesList();
        require(list.getValueCount() == 1, "image_raw");
        return list.getValue(0);
    }

    private static long int64(Features features, String name) throws InvalidProtocolBufferException {
        Int64List list = feature(features, name).getInt64List();
        require(list.getValueCount() == 1 && list.getValue(0) >= 0, name);
        return list.getValue(0);
    }

    private static Feature feature(Features features, String name) {
        return features.getFeatureOrDefault(name, Feature.getDefaultInstance());
    }

    private static void require(boolean present, String feature) throws InvalidProtocolBufferException {
        if (!present) {
            throw new InvalidProtocolBufferException("the example has no feature " + feature);
        }
    }

    private static Feature bytes(ByteString value) {
        return Feature.newBuilder()
                .setBytesList(BytesList.newBuilder().addValue(value))
                .build();
    }

    private static Feature int64(long value) {
        return Feature.newBuilder()
                .setInt64List(Int64List.newBuilder().addValue(value))
                .build();
    }
}
