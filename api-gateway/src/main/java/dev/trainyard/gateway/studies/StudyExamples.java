package dev.trainyard.gateway.studies;

/** Complete requests for the API description. */
final class StudyExamples {
    static final String ASHA = """
            {"name":"lenet5 on MNIST","base":{"dataset":"MnistDataset","model":"DigitModel","network":"lenet5",\
            "train_args":{"batch_size":64,"epochs":9}},\
            "objective":{"metric":"validation.accuracy","direction":"maximize"},\
            "space":{"/train_args/learning_rate":{"type":"float","min":0.0001,"max":0.1,"scale":"log"},\
            "/train_args/batch_size":{"type":"categorical","values":[32,64,128]}},\
            "sampler":{"name":"tpe","seed":42},\
            "pruner":{"name":"asha","eta":3,"min_epochs":1,"max_epochs":9},\
            "limits":{"max_trials":2,"parallel_trials":2}}""";

    private StudyExamples() {}
}
