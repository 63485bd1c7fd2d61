package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.gateway.scheduling.DispatchLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Dispatchers without a broker. */
final class TestDispatchers {
    private TestDispatchers() {}

    /** Hands out up to {@code ahead} jobs at a time, whatever the trainers do. */
    static JobDispatcher ahead(Jdbi jdbi, int ahead) {
        return of(jdbi, new PoolTrainers(jdbi, Fence.NONE, pool -> List.of()), new DispatchLimits(1, ahead, false));
    }

    /** Polls the trainers between two dispatches. */
    record WithTrainers(JobDispatcher dispatcher, PoolTrainers trainers) {
        void run() {
            dispatcher.run();
            trainers.poll(dispatcher::run);
        }
    }

    /** @param idle names of the trainers that wait for a job */
    static WithTrainers withTrainers(Jdbi jdbi, List<String> idle, DispatchLimits limits) {
        PoolTrainers trainers = new PoolTrainers(jdbi, Fence.NONE, pool -> idle);
        return new WithTrainers(of(jdbi, trainers, limits), trainers);
    }

    private static JobDispatcher of(Jdbi jdbi, PoolTrainers trainers, DispatchLimits limits) {
        return new JobDispatcher(
                jdbi,
                Fence.NONE,
                trainers,
                new JobRules(new RetryPolicy(3, () -> 0)),
                limits,
                () -> {},
                new SimpleMeterRegistry());
    }
}
