package dev.trainyard.predictor.crash;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelQuarantine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows {@code models.quarantine}: quarantines from any predictor, and releases. */
public final class QuarantineTopicListener implements CompactedTopicReader.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineTopicListener.class);

    private final QuarantinedModels quarantine;

    public QuarantineTopicListener(QuarantinedModels quarantine) {
        this.quarantine = quarantine;
    }

    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("the key of a quarantine record must be the SHA-256 of the file");
        }
        if (message.value() == null) {
            String sha256 = new String(message.key(), StandardCharsets.UTF_8);
            quarantine.release(sha256, Instant.ofEpochMilli(message.timestamp()));
            LOG.info("the quarantine of the file with SHA-256 {} is released", sha256);
            return;
        }
        quarantine.add(ModelQuarantine.read(message.value()));
    }
}
