package dev.trainyard.network;

import dev.trainyard.network.LayerSpec.Convolution;
import dev.trainyard.network.LayerSpec.Dense;
import dev.trainyard.network.LayerSpec.Flatten;
import dev.trainyard.network.LayerSpec.MaxPooling;
import dev.trainyard.network.LayerSpec.SoftmaxOutput;
import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import java.util.List;

/** LeNet-5 (LeCun et al. 1998) with max pooling and ReLU; 61,706 parameters on 28×28 grey images. */
final class Lenet5 implements Network {
    @Override
    public String name() {
        return "lenet5";
    }

    @Override
    public String title() {
        return "LeNet-5 (convolutional)";
    }

    @Override
    public List<FieldSpec<?>> arguments() {
        return List.of();
    }

    @Override
    public NetworkSpec spec(JsonFieldReader args, ImageShape input, int classes) {
        return new NetworkSpec(
                input,
                List.of(
                        // Padding 2 makes 28×28 the 32×32 of the paper.
                        new Convolution(6, 5, 2, Activation.RELU),
                        new MaxPooling(2),
                        new Convolution(16, 5, 0, Activation.RELU),
                        new MaxPooling(2),
                        new Flatten(),
                        new Dense(120, Activation.RELU),
                        new Dense(84, Activation.RELU),
                        new SoftmaxOutput(classes)));
    }
}
