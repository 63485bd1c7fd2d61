package dev.trainyard.predictor.report;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends the reports of this predictor. */
@FunctionalInterface
public interface ReportChannel {
    /** The stage completes when the broker has acknowledged the record. */
    CompletionStage<Void> send(ProducerRecord<byte[], byte[]> report);
}
