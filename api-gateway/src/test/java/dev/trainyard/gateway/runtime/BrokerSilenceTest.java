package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class BrokerSilenceTest {
    private final AtomicReference<Double> received = new AtomicReference<>(0.0);

    @Test
    void theSilenceEndsWithEachByteReceived() throws Exception {
        BrokerSilence silence = new BrokerSilence(consumer("consumer-metrics"));
        Thread.sleep(20);
        Duration first = silence.length();
        assertThat(first).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        received.set(1.0);
        Duration second = silence.length();
        assertThat(second).isLessThan(first);
        assertThat(silence.length()).isGreaterThanOrEqualTo(second);
    }

    @Test
    void aConsumerWithoutTheMetricIsRejected() {
        assertThatThrownBy(() -> new BrokerSilence(consumer("consumer-node-metrics")))
                .hasMessageContaining("incoming-byte-total");
    }

    private MockConsumer<byte[], byte[]> consumer(String group) {
        MetricName name = new MetricName("incoming-byte-total", group, "", Map.of());
        Metric bytes = new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return received.get();
            }
        };
        return new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name()) {
            @Override
            public Map<MetricName, ? extends Metric> metrics() {
                return Map.of(name, bytes);
            }
        };
    }
}
