package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Notifier;
import jakarta.inject.Singleton;

/** Wakes the outbox relay and notifies all gateways of a change of jobs. */
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
