package dev.trainyard.gateway.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway leads, by a lease in PostgreSQL and its clock. A new leader has a higher term. The previous leader stops
 * by its own clock before its lease expires, and its transactions are refused by {@link #check}. Tasks must be safe if
 * they run twice nevertheless, because gateways of the previous release run them without a leader.
 */
@Singleton
public final class Leadership implements Fence {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    /** Several renewals may fail before the lease expires. */
    private static final int RENEWALS_PER_LEASE = 3;

    private final Jdbi jdbi;
    private final UUID gateway = UUID.randomUUID();
    private final Duration lease;
    private volatile State state = new State(0, System.nanoTime());
    private volatile boolean released;
    /** True if the leader is of a release that does not hand out jobs; as of the last attempt to lead. */
    private volatile boolean leaderDoesNotDispatch;

    /**
     * State of this gateway.
     *
     * @param term last term in which it led; 0 for none
     * @param until end of the lease as {@link System#nanoTime}
     */
    private record State(long term, long until) {
        boolean leads() {
            return term > 0 && System.nanoTime() - until < 0;
        }
    }

    @Inject
    Leadership(Jdbi jdbi, GatewaySettings settings, MeterRegistry metrics) {
        this(jdbi, settings.leader().lease());
        Gauge.builder("trainyard.leader", this, one -> one.isLeader() ? 1 : 0).register(metrics);
    }

    /** @param lease time after the last renewal until another gateway takes over */
    public Leadership(Jdbi jdbi, Duration lease) {
        this.jdbi = jdbi;
        this.lease = lease;
    }

    public boolean isLeader() {
        return state.leads();
    }

    /**
     * Returns true if this gateway hands out jobs: it leads, or a gateway of a release before that leaves it to the others
     * does. Several gateways may do so at the same time then.
     */
    public boolean dispatches() {
        return isLeader() || leaderDoesNotDispatch && !released;
    }

    /** Refuses transactions that hand out jobs once {@link #dispatches} no longer holds. */
    public void checkDispatch(Handle handle) {
        long term = state.term();
        boolean valid = handle.createQuery("select exists (select 1 from leader where name = 'gateway' "
                        + "and (holder = :gateway and term = :term or dispatch_term <> term))")
                .bind("gateway", gateway)
                .bind("term", term)
                .mapTo(Boolean.class)
                .one();
        if (!valid) {
            throw new LeadershipLostException(term);
        }
    }

    /** Interval at which the leader renews its lease. */
    public Duration interval() {
        return lease.dividedBy(RENEWALS_PER_LEASE);
    }

    /**
     * Renews the lease, or takes it if it is free.
     *
     * @param onGained called if this gateway has become the leader
     * @return time to the next attempt
     */
    public Duration renew(Runnable onGained) {
        if (released) {
            return interval();
        }
        State before = state;
        long until = System.nanoTime() + lease.toNanos(); // before the request, so that it ends before the lease does
        return jdbi.withHandle(handle -> {
            Optional<Long> term = extendOrTake(handle, before.term());
            if (term.isEmpty()) {
                lost(before);
                return untilFree(handle);
            }
            state = new State(term.get(), until);
            if (!before.leads() || before.term() != term.get()) {
                LOG.info("This gateway leads in term {}", term.get());
                onGained.run();
            }
            return interval();
        });
    }

    private void lost(State before) {
        state = new State(before.term(), System.nanoTime());
        if (before.leads()) {
            LOG.warn("Another gateway leads since term {} ended", before.term());
        }
    }

    private Optional<Long> extendOrTake(Handle handle, long term) {
        return handle.createQuery("""
                        update leader set expires_at = now() + :lease * interval '1 ms', holder = :gateway,
                            term = case when holder = :gateway and term = :term then term else term + 1 end,
                            dispatch_term = case when holder = :gateway and term = :term then term else term + 1 end
                        where name = 'gateway' and (holder = :gateway and term = :term or expires_at <= now())
                        returning term
                        """)
                .bind("lease", lease.toMillis())
                .bind("gateway", gateway)
                .bind("term", term)
                .mapTo(Long.class)
                .findOne();
    }

    /** A free lease is taken at once, but not more often than it is renewed if its holder renews it late. */
    private Duration untilFree(Handle handle) {
        record Lease(long millis, boolean dispatches) {}
        Lease current = handle.createQuery(
                        "select cast(extract(epoch from expires_at - now()) * 1000 as bigint) + 1 as millis, "
                                + "dispatch_term = term as dispatches from leader where name = 'gateway'")
                .map((rs, context) -> new Lease(rs.getLong("millis"), rs.getBoolean("dispatches")))
                .one();
        leaderDoesNotDispatch = !current.dispatches();
        return Duration.ofMillis(Math.max(1, Math.min(current.millis(), lease.toMillis())));
    }

    @Override
    public void check(Handle handle) {
        long term = state.term();
        boolean valid = handle.createQuery("select exists (select 1 from leader "
                        + "where name = 'gateway' and holder = :gateway and term = :term)")
                .bind("gateway", gateway)
                .bind("term", term)
                .mapTo(Boolean.class)
                .one();
        if (!valid) {
            throw new LeadershipLostException(term);
        }
    }

    /**
     * Gives the lease up for good, so that another gateway takes over at once; called after the leader's tasks.
     *
     * @return true if this gateway led
     */
    public boolean release() {
        released = true;
        State last = state;
        state = new State(last.term(), System.nanoTime());
        boolean led = last.leads();
        if (led) {
            jdbi.useHandle(handle -> handle.createUpdate("update leader set holder = null, expires_at = now() "
                            + "where name = 'gateway' and holder = :gateway and term = :term")
                    .bind("gateway", gateway)
                    .bind("term", last.term())
                    .execute());
        }
        return led;
    }
}
