package dev.trainyard.gateway.runtime;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;

/**
 * Time for which the broker has sent nothing to a consumer. While the consumer fetches, an available broker answers at
 * least every {@code fetch.max.wait.ms}, so that no further request is needed to check it. Not thread-safe.
 */
public final class BrokerSilence {
    private final Metric bytes;
    private Object before;
    private long receivedAt = System.nanoTime();

    public BrokerSilence(Consumer<?, ?> consumer) {
        this.bytes = consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("incoming-byte-total")
                        && metric.getKey().group().equals("consumer-metrics"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Kafka's consumer has no metric incoming-byte-total"));
        this.before = bytes.metricValue();
    }

    /** Returns the time since the first of the calls, or the creation, after which nothing was received. */
    public Duration length() {
        Object now = bytes.metricValue();
        if (!now.equals(before)) {
            receivedAt = System.nanoTime();
            before = now;
        }
        return Duration.ofNanos(System.nanoTime() - receivedAt);
    }
}
