package dev.trainyard.engine.dl4j;

import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** Converts a {@link NetworkSpec} to a DL4J configuration. */
final class LayerConfigurations {
    private LayerConfigurations() {}

    static MultiLayerConfiguration of(NetworkSpec spec, TrainArgs args) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(Nd4jSeeds.repeatable(args.seed()))
                .updater(updater(args))
                .list();
        double retain = 1;
        for (LayerSpec layer : spec.layers()) {
            if (layer instanceof LayerSpec.Dropout dropout) {
                // In DL4J, dropout is a property of the layer whose input is dropped, and gives the retained share.
                retain *= 1 - dropout.rate();
            } else if (layer instanceof LayerSpec.Convolution conv) {
                list.layer(weights(
                        new ConvolutionLayer.Builder(conv.kernel(), conv.kernel())
                                .stride(1, 1)
                                .padding(conv.padding(), conv.padding())
                                .nOut(conv.filters()),
                        conv.activation(),
                        retain));
                retain = 1;
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                list.layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(pool.size(), pool.size())
                        .stride(pool.size(), pool.size())
                        .build());
            } else if (layer instanceof LayerSpec.Dense dense) {
                list.layer(weights(new DenseLayer.Builder().nOut(dense.units()), dense.activation(), retain));
                retain = 1;
            } else if (layer instanceof LayerSpec.SoftmaxOutput output) {
                OutputLayer.Builder softmax = new OutputLayer.Builder(new CountingCrossEntropy())
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .weightInit(WeightInit.XAVIER)
                        .nOut(output.classes());
                list.layer((retain < 1 ? softmax.dropOut(retain) : softmax).build());
            }
            // Flatten needs no layer: DL4J inserts it before a dense layer after images, in the order of LayerSpec.
        }
        return list.setInputType(InputType.convolutional(
                        spec.input().height(),
                        spec.input().width(),
                        spec.input().channels()))
                .build();
    }

    private static FeedForwardLayer weights(FeedForwardLayer.Builder<?> layer, Activation activation, double retain) {
        layer.activation(activation(activation));
        layer.weightInit(activation == Activation.RELU ? WeightInit.RELU : WeightInit.XAVIER);
        if (retain < 1) {
            layer.dropOut(retain);
        }
        return layer.build();
    }

    static org.nd4j.linalg.activations.Activation activation(Activation activation) {
        return switch (activation) {
            case RELU -> org.nd4j.linalg.activations.Activation.RELU;
            case TANH -> org.nd4j.linalg.activations.Activation.TANH;
            case SIGMOID -> org.nd4j.linalg.activations.Activation.SIGMOID;
            case ELU -> org.nd4j.linalg.activations.Activation.ELU;
            case SELU -> org.nd4j.linalg.activations.Activation.SELU;
            case LEAKY_RELU -> org.nd4j.linalg.activations.Activation.LEAKYRELU;
            case SOFTPLUS -> org.nd4j.linalg.activations.Activation.SOFTPLUS;
            case SOFTSIGN -> org.nd4j.linalg.activations.Activation.SOFTSIGN;
            case LINEAR -> org.nd4j.linalg.activations.Activation.IDENTITY;
        };
    }

    private static IUpdater updater(TrainArgs args) {
        CosineDecay rate = new CosineDecay(args.learningRate(), args.decayEpochs());
        return switch (args.optimizer()) {
            case ADAM -> new Adam(rate);
            case SGD -> new Sgd(rate);
            case RMSPROP -> RmsProp.builder().learningRateSchedule(rate).build();
        };
    }
}
