package dev.trainyard.trainer.keras;

import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The shape of a layer's output for one image. A vector has only channels, and its height is 0.
 *
 * @param channelsFirst true if Keras has the channels before rows and columns
 */
record KerasTensor(int channels, int height, int width, boolean channelsFirst) {
    static KerasTensor vector(int size) {
        return new KerasTensor(size, 0, 0, false);
    }

    boolean isVector() {
        return height == 0;
    }

    int size() {
        return isVector() ? channels : channels * height * width;
    }

    KerasTensor of(int newChannels, int newHeight, int newWidth) {
        return new KerasTensor(newChannels, newHeight, newWidth, channelsFirst);
    }

    /** Returns whether Keras' shape is this one, with the channels at the same place. */
    boolean isSame(long[] extents, boolean withChannelsFirst) {
        if (isVector()) {
            return Arrays.equals(extents, new long[] {channels});
        }
        long[] own = channelsFirst ? new long[] {channels, height, width} : new long[] {height, width, channels};
        return channelsFirst == withChannelsFirst && Arrays.equals(extents, own);
    }

    /** Moves the channels after the columns, unless that changes nothing. */
    void lastChannel(OnnxChainBuilder chain) {
        if (channels > 1 && height * width > 1) {
            chain.then("Transpose").addAttribute(OnnxProtos.integers("perm", 0, 2, 3, 1));
        }
    }

    /**
     * A constant with one value for each element of this tensor, or for each index of an axis if Keras shares the other
     * axes.
     */
    String perValue(OnnxChainBuilder chain, KerasLayer layer, INDArray values) throws RejectedModelException {
        if (isVector()) {
            if (values.length() != channels && values.length() != 1) {
                throw layer.rejected("has %d values for %d".formatted(values.length(), channels));
            }
            return chain.constant(floats(values), values.length());
        }
        INDArray inOrder = channelsFirst || values.rank() != 3 ? values : values.permute(2, 0, 1);
        long[] shape = inOrder.shape();
        int[] own = {channels, height, width};
        for (int i = 0; i < own.length; i++) {
            if (shape.length != own.length || shape[i] != 1 && shape[i] != own[i]) {
                throw layer.rejected("has values of shape %s for an image".formatted(Arrays.toString(values.shape())));
            }
        }
        return chain.constant(floats(inOrder), shape);
    }

    /** All values, row-major. */
    static float[] floats(INDArray values) {
        return values.dup('c').data().asFloat();
    }
}
