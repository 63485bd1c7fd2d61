package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.scheduling.RunningJob;
import dev.trainyard.gateway.scheduling.TrainerDirectory;
import dev.trainyard.gateway.scheduling.TrainerPresence;
import dev.trainyard.gateway.system.TrainerPools;
import dev.trainyard.job.Pools;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The trainers of each pool. The broker is polled apart from the dispatch, which must not wait for its answer. */
@Singleton
public final class PoolTrainers {
    /** Time between two polls of the members of the consumer group while jobs wait. */
    public static final Duration POLL = Duration.ofSeconds(1);

    private final Jdbi jdbi;
    private final Fence fence;
    private final TrainerDirectory members;
    private final Map<String, TrainerPresence> pools = new HashMap<>();

    @Inject
    PoolTrainers(Jdbi jdbi, Leadership leadership, TrainerPools members) {
        this(jdbi, leadership::checkDispatch, members);
    }

    public PoolTrainers(Jdbi jdbi, Fence fence, TrainerDirectory members) {
        this.jdbi = jdbi;
        this.fence = fence;
        this.members = members;
    }

    /** @param running the running attempts of all pools */
    synchronized TrainerPresence.Count count(String pool, Collection<RunningJob> running) {
        return presence(pool).count(running);
    }

    /**
     * Polls the pools that have jobs that no trainer has claimed, and stores the numbers of their live trainers,
     * because only the leader polls the broker.
     *
     * @param changed is called if trainers may have become free
     * @return time until the next poll; null for that of the task
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    public @Nullable Duration poll(Runnable changed) {
        Set<String> unclaimed = jdbi.withHandle(handle -> {
            Set<String> found = new TreeSet<>(DispatchQueries.pools(handle));
            found.addAll(DispatchQueries.poolsOnTheirWay(handle));
            return found;
        });
        keep(unclaimed);
        if (unclaimed.isEmpty()) {
            return null;
        }
        for (String pool : unclaimed) {
            long asked = System.nanoTime();
            add(pool, members.waiting(pool), asked);
        }
        changed.run();
        jdbi.useTransaction(handle -> {
            fence.check(handle);
            List<RunningJob> running = DispatchQueries.running(handle);
            unclaimed.forEach(pool -> DispatchQueries.saveTrainers(
                    handle, pool, count(pool, running).live()));
            DispatchQueries.forgetTrainers(handle);
        });
        return POLL;
    }

    private synchronized void add(String pool, Collection<String> names, long asked) {
        presence(pool).members(names, asked);
    }

    private synchronized void keep(Set<String> unclaimed) {
        pools.keySet().removeIf(pool -> !pool.equals(Pools.DEFAULT) && !unclaimed.contains(pool));
    }

    private TrainerPresence presence(String pool) {
        return pools.computeIfAbsent(
                pool, name -> new TrainerPresence(name, trainer -> members.serves(trainer, name), System::nanoTime));
    }
}
