package dev.trainyard.engine.vector;

/** Orders an image's values by channel, row and column, as the exported model does. */
final class FlattenLayer extends Layer {
    /** Place in the input of each value of the output. */
    private final int[] places;

    FlattenLayer(Layout in) {
        super(in, Layout.units(in.size()));
        int pixels = in.height() * in.width();
        places = new int[in.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i % pixels * in.channels() + i / pixels;
        }
    }

    @Override
    void forward(float[] input, int samples) {
        for (int s = 0; s < samples; s++) {
            int from = s * in.stride();
            int to = s * out.stride();
            for (int i = 0; i < places.length; i++) {
                output[to + i] = input[from + places[i]];
            }
        }
    }

    @Override
    void backward(float[] input, float[] gradient, int samples) {
        if (needsInputGradient()) {
            for (int s = 0; s < samples; s++) {
                int to = s * in.stride();
                int from = s * out.stride();
                for (int i = 0; i < places.length; i++) {
                    inputGradient[to + places[i]] = gradient[from + i];
                }
            }
        }
    }
}
