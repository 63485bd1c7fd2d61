package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Notifier;
import jakarta.inject.Singleton;

/** Makes the outbox send its new records and tells all gateways of the change. */
@Singleton
class JobChangePublisher implements JobsChanged {
    private final OutboxRelay relay;
    private final Notifier notifier;

    JobChangePublisher(OutboxRelay relay, Notifier notifier) {
        this.relay = relay;
        this.notifier = notifier;
    }

    @Override
    public void run() {
        relay.wake();
        notifier.publish(ChangeTopic.JOBS);
    }
}
