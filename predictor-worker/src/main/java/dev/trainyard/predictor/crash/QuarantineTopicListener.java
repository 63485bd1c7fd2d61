package dev.trainyard.predictor.crash;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.worker.KeyedListener;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows {@code models.quarantine}: quarantines from any predictor, and releases. */
public final class QuarantineTopicListener implements KeyedListener {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineTopicListener.class);

    private final QuarantinedModels quarantine;

    public QuarantineTopicListener(QuarantinedModels quarantine) {
        this.quarantine = quarantine;
    }

    @Override
    public void onValue(String sha256, byte[] value) throws MalformedMessageException {
        quarantine.add(ModelQuarantine.read(value));
    }

    @Override
    public void onRemoved(String sha256, Instant time) {
        quarantine.release(sha256, time);
        LOG.info("the quarantine of the file with SHA-256 {} is released", sha256);
    }
}
