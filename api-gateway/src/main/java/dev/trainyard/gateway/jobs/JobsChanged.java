package dev.trainyard.gateway.jobs;

/** Called after the commit of a change of jobs, which may have added records to the outbox. */
@FunctionalInterface
public interface JobsChanged {
    void run();
}
