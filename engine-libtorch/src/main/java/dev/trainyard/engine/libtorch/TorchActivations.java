package dev.trainyard.engine.libtorch;

import dev.trainyard.network.Activation;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The activation functions with libtorch's default constants, which are the platform's. */
final class TorchActivations {
    private TorchActivations() {}

    static Tensor apply(Activation activation, Tensor x) {
        return switch (activation) {
            case RELU -> torch.relu(x);
            case TANH -> torch.tanh(x);
            case SIGMOID -> torch.sigmoid(x);
            case ELU -> torch.elu(x);
            case SELU -> torch.selu(x);
            case LEAKY_RELU -> torch.leaky_relu(x);
            case SOFTPLUS -> torch.softplus(x);
            case SOFTSIGN -> torch.softsign(x);
            case LINEAR -> x;
        };
    }
}
