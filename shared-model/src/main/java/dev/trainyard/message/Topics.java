package dev.trainyard.message;

import dev.trainyard.job.Pools;
import java.util.List;

/** Names and configuration of all Kafka topics. The names are part of the wire format and never change. */
public final class Topics {
    /** {@link TrainJob} by job key: the jobs that were handed out to the trainers. */
    public static final String TRAIN_JOBS = "train.jobs";
    /** {@link TrainEvent} by job key, from trainers to gateways. */
    public static final String TRAIN_EVENTS = "train.events";
    /** {@link TrainControl} by job key, compacted; read completely by each trainer. */
    public static final String TRAIN_CONTROL = "train.control";
    /** PNG bytes with {@link PredictHeaders}. */
    public static final String PREDICT_REQUESTS = "predict.requests";
    /** {@link PredictReply} with {@link PredictHeaders#ID}; each gateway has one partition. */
    public static final String PREDICT_REPLIES = "predict.replies";
    /** {@link ModelActivation} by model name, compacted; read completely by each predictor. */
    public static final String MODELS = "models";
    /**
     * {@link ModelVersion} by {@link ModelVersion#key}, compacted, deleted with the version; read completely by each
     * predictor.
     */
    public static final String MODEL_VERSIONS = "models.versions";

    /**
     * {@link ModelQuarantine} by SHA-256 of the file, compacted, deleted on release; read completely by predictors and
     * gateways.
     */
    public static final String MODEL_QUARANTINE = "models.quarantine";
    /** {@link PredictorStatus} by predictor name, compacted; read completely by each gateway. */
    public static final String PREDICTOR_STATUS = "predictor.status";
    /** {@link TrainerStatus} by trainer name, compacted; read completely by each gateway. */
    public static final String TRAINER_STATUS = "trainer.status";

    public static final String TRAIN_JOBS_DEAD_LETTER = deadLetter(TRAIN_JOBS);

    /** Consumer groups, named where lag is read from outside. */
    public static final String TRAINERS_GROUP = "trainyard-trainers";

    public static final String GATEWAY_EVENTS_GROUP = "trainyard-gateway-events";
    /** Group that publishes dead letters of the topics that every process reads for itself. */
    public static final String GATEWAY_LETTERS_GROUP = "trainyard-gateway-letters";

    public static final String PREDICTORS_GROUP = "trainyard-predictors";

    /** Default disk limit of all topics together on one broker; see {@link TopicSpec#maxDiskBytes}. */
    public static final long MAX_BYTES = 4L * 1024 * 1024 * 1024;

    private Topics() {}

    /** Topic of the jobs of {@code pool}. */
    public static String jobs(String pool) {
        return pool.equals(Pools.DEFAULT) ? TRAIN_JOBS : TRAIN_JOBS + "." + pool;
    }

    /** Returns true for the topics of {@link #jobs}. */
    public static boolean isJobs(String topic) {
        return topic.equals(TRAIN_JOBS) || topic.startsWith(TRAIN_JOBS + ".") && !isDeadLetter(topic);
    }

    /** Dead-letter topic for {@code topic}; the pools share one. */
    public static String deadLetter(String topic) {
        return (isJobs(topic) ? TRAIN_JOBS : topic) + ".dlq";
    }

    public static boolean isDeadLetter(String topic) {
        return topic.endsWith(".dlq");
    }

    /** All topics with the default retention. */
    public static List<TopicSpec> all() {
        return all(TopicRetention.DEFAULTS);
    }

    public static List<TopicSpec> all(TopicRetention limits) {
        return List.of(
                jobTopic(TRAIN_JOBS, limits),
                // events are applied within moments; older ones belong to runs whose lease has expired
                TopicSpec.bounded(TRAIN_EVENTS, 6, limits.events()),
                // a command only saves a claim that would be refused anyway
                TopicSpec.compacted(TRAIN_CONTROL, limits.control()),
                // requests and replies are useless after their deadline
                TopicSpec.bounded(PREDICT_REQUESTS, 12, limits.predictions())
                        .withMaxRecordBytes(RecordSizeLimits.IMAGE),
                TopicSpec.bounded(PREDICT_REPLIES, 12, limits.predictions()),
                TopicSpec.compacted(MODELS),
                TopicSpec.compacted(MODEL_VERSIONS),
                TopicSpec.compacted(MODEL_QUARANTINE),
                // running workers repeat their status
                TopicSpec.compacted(PREDICTOR_STATUS, limits.control()),
                TopicSpec.compacted(TRAINER_STATUS, limits.control()),
                deadLetterTopic(TRAIN_JOBS, limits),
                deadLetterTopic(TRAIN_EVENTS, limits),
                deadLetterTopic(TRAIN_CONTROL, limits),
                deadLetterTopic(PREDICT_REQUESTS, limits),
                deadLetterTopic(PREDICT_REPLIES, limits),
                deadLetterTopic(MODELS, limits),
                deadLetterTopic(MODEL_VERSIONS, limits),
                deadLetterTopic(MODEL_QUARANTINE, limits),
                deadLetterTopic(PREDICTOR_STATUS, limits),
                deadLetterTopic(TRAINER_STATUS, limits));
    }

    /** Specification of a topic of {@link #jobs}. */
    static TopicSpec jobTopic(String topic, TopicRetention limits) {
        return TopicSpec.bounded(topic, 12, limits.jobs());
    }

    private static TopicSpec deadLetterTopic(String topic, TopicRetention limits) {
        return TopicSpec.bounded(deadLetter(topic), 1, limits.deadLetters())
                .withMaxRecordBytes(RecordSizeLimits.DEAD_LETTER);
    }
}
