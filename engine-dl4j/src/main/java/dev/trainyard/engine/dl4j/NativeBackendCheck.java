package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;
import org.nd4j.linalg.factory.Nd4j;

/** Checks that DL4J uses its fast native libraries; the slow ones compute the same losses in four times the time. */
final class NativeBackendCheck {
    private static final String ONEDNN = "-onednn-avx2";
    private static final String HELPER = "MKLDNNConvHelper";

    private NativeBackendCheck() {}

    /** @throws EngineUnavailableException if this platform has the oneDNN binary but does not use it */
    static void requireFast() {
        String platform = Loader.getPlatform();
        if (!platform.startsWith("linux-x86_64")) {
            return; // other platforms have no such binary
        }
        String library = Loader.load(Nd4jCpu.class);
        if (library == null || !library.contains(ONEDNN)) {
            throw new EngineUnavailableException(
                    "DL4J loaded %s, not its oneDNN binary. Start the trainer with java @trainer.args, or add -Dorg.bytedeco.javacpp.platform.extension=%s."
                            .formatted(library, ONEDNN));
        }
        LayerHelper helper = helperInUse();
        if (helper == null || !helper.getClass().getSimpleName().equals(HELPER)) {
            throw new EngineUnavailableException(
                    "DL4J trains convolutions without its oneDNN helper. Start the trainer with java @trainer.args, or add -Dorg.eclipse.deeplearning4j.helpers.disable=false.");
        }
    }

    /** Runs one pass, because the helper is selected at the first one. */
    private static LayerHelper helperInUse() {
        NetworkSpec spec = new NetworkSpec(
                new ImageShape(1, 8, 8),
                List.of(
                        new LayerSpec.Convolution(2, 3, 1, Activation.RELU),
                        new LayerSpec.Flatten(),
                        new LayerSpec.SoftmaxOutput(2)));
        TrainArgs args = new TrainArgs(2, 1, 0.001, Optimizer.SGD, 1, 0);
        MultiLayerNetwork network = new MultiLayerNetwork(LayerConfigurations.of(spec, args));
        network.init();
        try {
            network.fit(Nd4j.zeros(2, 1, 8, 8), Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}}));
            return ((ConvolutionLayer) network.getLayer(0)).getHelper();
        } finally {
            network.close();
        }
    }
}
