package dev.trainyard.predictor.report;

import io.smallrye.reactive.messaging.MutinyEmitter;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;

/** The channel {@code predictor-reports}; one producer for both topics, because reports are rare. */
@Singleton
class MessagingReportChannel implements ReportChannel {
    private final MutinyEmitter<ProducerRecord<byte[], byte[]>> channel;

    @Inject
    MessagingReportChannel(@Channel("predictor-reports") MutinyEmitter<ProducerRecord<byte[], byte[]>> channel) {
        this.channel = channel;
    }

    @Override
    public CompletionStage<Void> send(ProducerRecord<byte[], byte[]> report) {
        return channel.send(report).subscribeAsCompletionStage();
    }
}
