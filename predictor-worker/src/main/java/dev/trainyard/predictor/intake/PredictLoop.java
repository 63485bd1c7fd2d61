package dev.trainyard.predictor.intake;

import dev.trainyard.kafka.QuickFailover;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RetryDelay;
import dev.trainyard.message.Topics;
import dev.trainyard.predictor.inference.InferencePools;
import dev.trainyard.predictor.report.KafkaReplySender;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import dev.trainyard.tracing.BatchSpan;
import dev.trainyard.worker.GroupConsumerConfig;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consumes requests: processes each poll as one batch and commits when the broker has the replies. */
public final class PredictLoop {
    private static final Logger LOG = LoggerFactory.getLogger(PredictLoop.class);
    /** Also the delay after which an idle predictor notices a stop. */
    private static final Duration POLL = Duration.ofSeconds(1);
    /** Requests end a fetch at once; without requests it only costs processor time. */
    private static final Duration FETCH_WAIT = Duration.ofSeconds(1);
    /** Longer than that of a trainer, because predictors join and leave rarely. */
    private static final int HEARTBEAT_MILLIS = 1_000;
    /** Longer than {@link #FETCH_WAIT}; then the broker is replaced. */
    private static final int REQUEST_LIMIT_MILLIS = 3_000;

    /**
     * Commits are shared by several batches because each costs the broker as much as a request. Requests processed
     * since the last commit of a crashed predictor are processed again, and their second reply is ignored.
     */
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(250);

    /** Leaving is sent first; what else would be waited for is a pending fetch. */
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(500);

    private static final Duration RETRY = Duration.ofMillis(500);

    private final String worker;
    private final Map<String, Object> kafka;
    private final InferencePools pools;
    private final KafkaReplySender replies;
    private final DeadLetterPublisher deadLetters;
    private final PredictorMetrics metrics;
    private final Tracer tracer;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean member;

    /** @param worker name of this predictor, shown as its client id in the group */
    public PredictLoop(
            String worker,
            Map<String, Object> kafka,
            InferencePools pools,
            KafkaReplySender replies,
            DeadLetterPublisher deadLetters,
            PredictorMetrics metrics,
            Tracer tracer) {
        this.tracer = tracer;
        this.worker = worker;
        this.kafka = kafka;
        this.pools = pools;
        this.replies = replies;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    /** Returns true if the group has assigned partitions to this predictor, possibly none. */
    public boolean isMember() {
        return member;
    }

    /** Ends {@link #run} after the current batch. */
    public void stop() {
        stopping.countDown();
    }

    /** Serves until {@link #stop}. */
    public void run() throws InterruptedException {
        RetryDelay retry = new RetryDelay(RETRY, RETRY);
        while (!isStopping()) {
            Consumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            try {
                serve(consumer);
            } catch (InterruptException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (KafkaException e) {
                LOG.warn("cannot serve {}, trying again: {}", Topics.PREDICT_REQUESTS, e.toString());
                retry.await(stopping);
            } finally {
                member = false;
                consumer.close(CloseOptions.timeout(LEAVE_LIMIT));
            }
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void serve(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        CommittableOffsets offsets = new CommittableOffsets();
        consumer.subscribe(List.of(Topics.PREDICT_REQUESTS), new Membership(consumer, offsets));
        long committedAt = System.nanoTime();
        while (!isStopping()) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(offsets.isEmpty() ? POLL : COMMIT_INTERVAL);
            if (!polled.isEmpty()) {
                answer(polled, offsets.begin(polled.nextOffsets()));
            }
            if (System.nanoTime() - committedAt >= COMMIT_INTERVAL.toNanos()) {
                commitLater(consumer, offsets.takeCommittable());
                committedAt = System.nanoTime();
            }
        }
        pools.drain();
        commitAnswered(consumer, offsets);
    }

    private static void commitLater(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> answered) {
        // A large image may delay a batch until its partition is revoked.
        answered.keySet().retainAll(consumer.assignment());
        if (!answered.isEmpty()) {
            consumer.commitAsync(answered, (committed, failure) -> {
                if (failure != null) {
                    LOG.debug("offsets were not committed; the next commit includes them", failure);
                }
            });
        }
    }

    private void answer(ConsumerRecords<byte[], byte[]> polled, CommittableOffsets.Batch batch)
            throws InterruptedException {
        int replyPartitions = replies.partitions();
        List<PredictRequest> requests = new ArrayList<>(polled.count());
        List<PredictRequest> background = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> message : polled) {
            try {
                PredictRequest request = PredictRequest.read(message, replyPartitions, tracer);
                if (request.unsupported() != null) {
                    refuse(request, batch);
                    continue;
                }
                (request.background() ? background : requests).add(request);
            } catch (MalformedMessageException e) {
                LOG.error(
                        "{}-{} offset {}: {}", message.topic(), message.partition(), message.offset(), e.getMessage());
                metrics.deadLetter();
                deadLetters.send(message, String.valueOf(e.getMessage()));
            }
        }
        metrics.batch(requests.size());
        Span span = startSpan(requests);
        pools.answer(requests, (request, outcome) -> replies.send(request, outcome, batch.replying()), batch::replying);
        span.end();
        // the batch does not wait for background requests, which may be lost
        pools.answerInBackground(background, (request, outcome) -> replies.send(request, outcome, () -> {}));
        batch.complete();
    }

    /** A trace of the batch, linked to those of its requests; an invalid span if none of these is recorded. */
    private Span startSpan(List<PredictRequest> requests) {
        List<SpanContext> senders = new ArrayList<>(0);
        for (PredictRequest request : requests) {
            if (request.trace().isRecorded()) {
                senders.add(request.trace().sender());
            }
        }
        return BatchSpan.start(tracer, Topics.PREDICT_REQUESTS, senders, requests.size());
    }

    /**
     * Rejects a request of a later release. It is not left for newer predictors like records of other topics, because
     * requests are useless after seconds and would delay those behind them.
     */
    private void refuse(PredictRequest request, CommittableOffsets.Batch batch) {
        LOG.warn("request {} is of a later release: {}", request.id(), request.unsupported());
        metrics.newerRequest();
        String message = "The predictor is of an earlier release than the gateway and does not know %s; upgrade it."
                .formatted(request.unsupported());
        replies.send(
                request, new PredictReply.Unavailable(PredictReply.Reason.INTERNAL_ERROR, message), batch.replying());
    }

    private void commitAnswered(Consumer<byte[], byte[]> consumer, CommittableOffsets offsets) {
        replies.flush();
        Map<TopicPartition, OffsetAndMetadata> answered = offsets.takeCommittable();
        answered.keySet().retainAll(consumer.assignment());
        try {
            consumer.commitSync(answered);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("offsets were not committed, so some requests may be answered twice: {}", e.toString());
        }
    }

    private final class Membership implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;
        private final CommittableOffsets offsets;

        Membership(Consumer<byte[], byte[]> consumer, CommittableOffsets offsets) {
            this.consumer = consumer;
            this.offsets = offsets;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // A partition whose position is found after the first fetch was sent would wait until that fetch ends.
            partitions.forEach(consumer::position);
            member = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commitAnswered(consumer, offsets);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            member = false;
            offsets.clear();
        }
    }

    private Map<String, Object> config() {
        // With the cooperative assignor, retained partitions are served during a rebalance.
        Map<String, Object> config =
                GroupConsumerConfig.of(kafka, Topics.PREDICTORS_GROUP, worker, CooperativeStickyAssignor.class);
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        // Also the interval at which the heartbeat thread wakes up; the default is 100 ms.
        config.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, HEARTBEAT_MILLIS / 2);
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_LIMIT_MILLIS);
        QuickFailover.addTo(config);
        return config;
    }
}
