package dev.trainyard.predictor;

import dev.trainyard.predictor.report.ReportChannel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The reports of a predictor without CDI: a producer for each, so that none outlives its broker. */
record TestReportChannel(Map<String, Object> kafka) implements ReportChannel {
    @Override
    public CompletionStage<Void> send(ProducerRecord<byte[], byte[]> report) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(report).get();
            return CompletableFuture.completedFuture(null);
        } catch (ExecutionException e) {
            return CompletableFuture.failedFuture(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(e);
        }
    }
}
