package dev.trainyard.gateway.jobs;

/** Complete training configurations for the API description. */
final class TrainExamples {
    static final String LENET5 = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28,1]},"model":"DigitModel",\
            "network":"lenet5","network_args":{},"train_args":{"batch_size":32,"epochs":10},"save_weights":true}""";

    static final String MLP = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28]},"model":"DigitModel","network":"mlp",\
            "network_args":{"layer_sizes":[256,128],"activation":"relu","dropout_amount":0.2},\
            "train_args":{"batch_size":32,"epochs":5,"optimizer":"adam","seed":7},"save_weights":true}""";

    private TrainExamples() {}
}
