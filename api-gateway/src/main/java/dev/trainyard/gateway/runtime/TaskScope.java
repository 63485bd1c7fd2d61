package dev.trainyard.gateway.runtime;

/** On which gateways a background task runs. */
public enum TaskScope {
    EVERY_GATEWAY,
    /** Only the gateway that holds the leader's lease. */
    LEADER,
    /** Every gateway, for the partitions that it has leased. */
    PARTITION_LEASE
}
