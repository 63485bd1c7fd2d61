package dev.trainyard.benchmarks.estimates;

import java.util.Locale;
import java.util.Random;

/** Generates jobs of mixed size, the same sequence in each run. */
final class JobMix {
    private static final String[] NETWORKS = {
        "\"network\":\"lenet5\"",
        "\"network\":\"mlp\",\"network_args\":{\"layer_size\":32,\"num_layers\":1}",
        "\"network\":\"mlp\"",
        "\"network\":\"mlp\",\"network_args\":{\"layer_sizes\":[256,128]}",
        "\"network\":\"mlp\",\"network_args\":{\"layer_sizes\":[512,512,256]}"
    };
    private static final int[] BATCHES = {16, 32, 64, 128, 256};
    private static final String[] OPTIMIZERS = {"adam", "adam", "adam", "sgd", "rmsprop"};
    private static final int MOST_EPOCHS = 6;

    private final Random random = new Random(7);

    String next() {
        return String.format(
                Locale.ROOT,
                """
                {"dataset":"MnistDataset","model":"DigitModel",%s,"promote":"never","save_weights":%b,\
                "train_args":{"batch_size":%d,"epochs":%d,"optimizer":"%s","seed":%d}}""",
                NETWORKS[random.nextInt(NETWORKS.length)],
                random.nextInt(4) > 0,
                BATCHES[random.nextInt(BATCHES.length)],
                1 + random.nextInt(MOST_EPOCHS),
                OPTIMIZERS[random.nextInt(OPTIMIZERS.length)],
                random.nextInt(1_000));
    }

    /**
     * Number of queued jobs up to which the next is submitted at once, so that some jobs find a free trainer and some a
     * queue.
     */
    int crowd() {
        return new int[] {1, 2, 3, 5, 8}[random.nextInt(5)];
    }
}
