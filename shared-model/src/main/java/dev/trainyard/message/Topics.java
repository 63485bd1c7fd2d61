package dev.trainyard.message;

import java.util.List;

/** Names and forms of all Kafka topics. The names are part of the wire format and never change. */
public final class Topics {
    /** {@link TrainJob} by job key; lag of the trainers' group is the number of waiting jobs. */
    public static final String TRAIN_JOBS = "train.jobs";
    /** {@link TrainEvent} by job key, from trainers to gateways. */
    public static final String TRAIN_EVENTS = "train.events";
    /** {@link TrainControl} by job key, compacted; each trainer reads it whole. */
    public static final String TRAIN_CONTROL = "train.control";
    /** PNG bytes with {@link PredictHeaders}. */
    public static final String PREDICT_REQUESTS = "predict.requests";
    /** {@link PredictReply} with {@link PredictHeaders#ID}; each gateway pins one partition. */
    public static final String PREDICT_REPLIES = "predict.replies";
    /** {@link ModelActivation} by model name, compacted; each predictor reads it whole. */
    public static final String MODELS = "models";
    /** {@link ModelVersion} by {@link ModelVersion#key}, compacted, gone when deleted; each predictor reads it whole. */
    public static final String MODEL_VERSIONS = "models.versions";

    /** {@link ModelQuarantine} by SHA-256 of the file, compacted, gone when released; predictors and gateways read it whole. */
    public static final String MODEL_QUARANTINE = "models.quarantine";
    /** {@link PredictorStatus} by predictor name, compacted; each gateway reads it whole. */
    public static final String PREDICTOR_STATUS = "predictor.status";

    public static final String TRAIN_JOBS_DEAD_LETTER = deadLetter(TRAIN_JOBS);

    /** Consumer groups, named where lag is read from outside. */
    public static final String TRAINERS_GROUP = "trainyard-trainers";

    public static final String GATEWAY_EVENTS_GROUP = "trainyard-gateway-events";
    /** Reads for the dead letters what every process reads for itself. */
    public static final String GATEWAY_LETTERS_GROUP = "trainyard-gateway-letters";

    public static final String PREDICTORS_GROUP = "trainyard-predictors";

    /** The most that all topics together take on a broker's disk by default; see {@link TopicSpec#maxDiskBytes}. */
    public static final long MAX_BYTES = 4L * 1024 * 1024 * 1024;

    private Topics() {}

    /** Where records of {@code topic} go that cannot be processed. */
    public static String deadLetter(String topic) {
        return topic + ".dlq";
    }

    public static boolean isDeadLetter(String topic) {
        return topic.endsWith(".dlq");
    }

    /** With the default limits. */
    public static List<TopicSpec> all() {
        return all(TopicRetention.DEFAULTS);
    }

    public static List<TopicSpec> all(TopicRetention limits) {
        return List.of(
                TopicSpec.bounded(TRAIN_JOBS, 12, limits.jobs()),
                // applied within moments; older ones are of runs whose lease is long over
                TopicSpec.bounded(TRAIN_EVENTS, 6, limits.events()),
                // an order spares a worker a claim that would be refused anyhow
                TopicSpec.compacted(TRAIN_CONTROL, limits.control()),
                // requests and replies are worthless after their deadline
                TopicSpec.bounded(PREDICT_REQUESTS, 12, limits.predictions()).withMaxRecordBytes(RecordSizeLimits.PICTURE),
                TopicSpec.bounded(PREDICT_REPLIES, 12, limits.predictions()),
                TopicSpec.compacted(MODELS),
                TopicSpec.compacted(MODEL_VERSIONS),
                TopicSpec.compacted(MODEL_QUARANTINE),
                // a predictor that lives repeats its status
                TopicSpec.compacted(PREDICTOR_STATUS, limits.control()),
                letters(TRAIN_JOBS, limits),
                letters(TRAIN_EVENTS, limits),
                letters(TRAIN_CONTROL, limits),
                letters(PREDICT_REQUESTS, limits),
                letters(PREDICT_REPLIES, limits),
                letters(MODELS, limits),
                letters(MODEL_VERSIONS, limits),
                letters(MODEL_QUARANTINE, limits),
                letters(PREDICTOR_STATUS, limits));
    }

    private static TopicSpec letters(String topic, TopicRetention limits) {
        return TopicSpec.bounded(deadLetter(topic), 1, limits.deadLetters()).withMaxRecordBytes(RecordSizeLimits.LETTER);
    }
}
