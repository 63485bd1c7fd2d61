package dev.trainyard.benchmarks.engine;

import dev.trainyard.dataset.ImageDataset;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The same lenet5 in plain DL4J, with all batches in memory and no listeners. */
final class Dl4jBaseline {
    private final MultiLayerNetwork network = new MultiLayerNetwork(configuration());
    private final List<INDArray> features = new ArrayList<>();
    private final List<INDArray> labels = new ArrayList<>();
    private final int images;

    Dl4jBaseline(ImageDataset data, int batchSize) {
        network.init();
        images = data.size() / batchSize * batchSize;
        for (int from = 0; from < images; from += batchSize) {
            float[] pixels = new float[batchSize * data.imageSize()];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (data.pixels()[from * data.imageSize() + i] & 0xff) / 255f;
            }
            float[] oneHot = new float[batchSize * 10];
            for (int row = 0; row < batchSize; row++) {
                oneHot[row * 10 + data.labels()[from + row]] = 1;
            }
            features.add(Nd4j.createFromArray(pixels).reshape(batchSize, 1, data.height(), data.width()));
            labels.add(Nd4j.createFromArray(oneHot).reshape(batchSize, 10));
        }
    }

    /** Trains one epoch; returns samples per second. */
    double pass() {
        long started = System.nanoTime();
        for (int i = 0; i < features.size(); i++) {
            network.fit(features.get(i), labels.get(i));
        }
        return images / ((System.nanoTime() - started) / 1e9);
    }

    private static MultiLayerConfiguration configuration() {
        return new NeuralNetConfiguration.Builder()
                .seed(42)
                .updater(new Adam(0.001))
                .activation(Activation.RELU)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).padding(2, 2).nOut(6).build())
                .layer(pooling())
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(16).build())
                .layer(pooling())
                .layer(new DenseLayer.Builder().nOut(120).build())
                .layer(new DenseLayer.Builder().nOut(84).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(10)
                        .build())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build();
    }

    private static SubsamplingLayer pooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }
}
