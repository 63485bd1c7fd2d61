package dev.trainyard.message;

import java.time.Duration;
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

    public static final String TRAIN_JOBS_DEAD_LETTER = deadLetter(TRAIN_JOBS);

    /** Consumer groups, named where lag is read from outside. */
    public static final String TRAINERS_GROUP = "trainyard-trainers";

    public static final String GATEWAY_EVENTS_GROUP = "trainyard-gateway-events";
    /** Reads for the dead letters what every process reads for itself. */
    public static final String GATEWAY_LETTERS_GROUP = "trainyard-gateway-letters";

    public static final String PREDICTORS_GROUP = "trainyard-predictors";

    private static final long EVENT_BYTES = 1024L * 1024 * 1024;
    /** Whoever floods a topic with what cannot be read must not fill the disk with it. */
    private static final long LETTER_BYTES = 256L * 1024 * 1024;

    private Topics() {}

    /** Where records of {@code topic} go that cannot be processed. */
    public static String deadLetter(String topic) {
        return topic + ".dlq";
    }

    public static boolean isDeadLetter(String topic) {
        return topic.endsWith(".dlq");
    }

    public static List<TopicSpec> all() {
        return List.of(
                TopicSpec.log(TRAIN_JOBS, 12),
                // applied within moments; older ones are of runs whose lease is long over
                TopicSpec.recent(TRAIN_EVENTS, 6, Duration.ofDays(7), EVENT_BYTES),
                // an order spares a worker a claim that would be refused anyhow
                TopicSpec.compacted(TRAIN_CONTROL, Duration.ofDays(7)),
                TopicSpec.transientLog(PREDICT_REQUESTS, 12).withLargest(RecordLimits.PICTURE),
                TopicSpec.transientLog(PREDICT_REPLIES, 12),
                TopicSpec.compacted(MODELS),
                TopicSpec.compacted(MODEL_VERSIONS),
                letters(TRAIN_JOBS),
                letters(TRAIN_EVENTS),
                letters(TRAIN_CONTROL),
                letters(PREDICT_REQUESTS),
                letters(PREDICT_REPLIES),
                letters(MODELS),
                letters(MODEL_VERSIONS));
    }

    private static TopicSpec letters(String topic) {
        return TopicSpec.recent(deadLetter(topic), 1, Duration.ofDays(30), LETTER_BYTES)
                .withLargest(RecordLimits.LETTER);
    }
}
