package dev.trainyard.engine.vector;

import java.util.Arrays;

/** Max pooling that does not follow a convolution. */
final class MaxPoolingLayer extends Layer {
    private final int size;
    /** Place of each largest value within its image. */
    private final int[] places;

    MaxPoolingLayer(Layout in, int size) {
        super(in, Layout.image(in.height() / size, in.width() / size, in.channels()));
        this.size = size;
        this.places = new int[MOST_SAMPLES * out.size()];
    }

    @Override
    void forward(float[] input, int samples) {
        int to = 0;
        for (int s = 0; s < samples; s++) {
            for (int pixel = 0; pixel < out.height() * out.width(); pixel++) {
                int y = pixel / out.width() * size;
                int x = pixel % out.width() * size;
                for (int c = 0; c < in.channels(); c++, to++) {
                    int place = place(input, s * in.stride(), y, x, c);
                    places[to] = place;
                    output[to] = input[place];
                }
            }
        }
    }

    /** The first of the largest values. */
    private int place(float[] input, int at, int y, int x, int channel) {
        int best = at + (y * in.width() + x) * in.channels() + channel;
        for (int dy = 0; dy < size; dy++) {
            for (int dx = 0; dx < size; dx++) {
                int place = at + ((y + dy) * in.width() + x + dx) * in.channels() + channel;
                best = input[place] > input[best] ? place : best;
            }
        }
        return best;
    }

    @Override
    void backward(float[] input, float[] gradient, int samples) {
        if (needsInputGradient()) {
            Arrays.fill(inputGradient, 0);
            for (int i = 0; i < samples * out.stride(); i++) {
                inputGradient[places[i]] = gradient[i];
            }
        }
    }
}
