package dev.trainyard.gateway.kubernetes;

import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Gives the pods of trainers that run a job a higher deletion cost than idle ones, which are therefore removed first when the
 * number of trainers falls. Used by the leader only (ADR 22).
 */
@Singleton
public final class DeletionCosts {
    static final int BUSY = 1_000;
    /** Costs that another gateway set as the leader, or that a person changed, are noticed after this time. */
    private static final long LIST_NANOS = Duration.ofSeconds(30).toNanos();

    private static final long NEVER = Long.MIN_VALUE;

    private final Supplier<TrainerPods> connect;
    private final Supplier<List<String>> busyTrainers;
    private final LongSupplier nanos;
    private final Map<String, Integer> costs = new HashMap<>();
    /** Busy trainers that are no pods, such as those of another cluster. */
    private final Set<String> elsewhere = new HashSet<>();

    private @Nullable TrainerPods pods;
    private long listedAt = NEVER;

    @Inject
    DeletionCosts(Jdbi jdbi, GatewaySettings settings) {
        this(
                () -> new PodsApi(
                        settings.kubernetes().api().orElseGet(() -> PodsApi.ofCluster(System.getenv())),
                        new ServiceAccount(settings.kubernetes().serviceAccount()),
                        settings.kubernetes().trainerSelector()),
                () -> busyTrainers(jdbi),
                System::nanoTime);
    }

    /**
     * @param connect returns the pods of the cluster
     * @param busyTrainers returns the names of the trainers that run a job
     */
    DeletionCosts(Supplier<TrainerPods> connect, Supplier<List<String>> busyTrainers, LongSupplier nanos) {
        this.connect = connect;
        this.busyTrainers = busyTrainers;
        this.nanos = nanos;
    }

    private static List<String> busyTrainers(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select distinct worker from job where status = 'training_in_progress' and worker is not null")
                .mapTo(String.class)
                .list());
    }

    /** Changes the pods whose trainers have become busy or idle. */
    public synchronized void update() {
        if (pods == null) {
            pods = connect.get();
        }
        List<String> trainers = busyTrainers.get();
        if (listedAt == NEVER || nanos.getAsLong() - listedAt > LIST_NANOS || !areKnown(trainers)) {
            list(pods, trainers);
        }
        Set<String> busy = new HashSet<>();
        trainers.forEach(trainer -> busy.add(pod(trainer)));
        Map.copyOf(costs).forEach((pod, cost) -> {
            int wanted = busy.contains(pod) ? BUSY : 0;
            if (cost != wanted) {
                set(pods, pod, wanted);
            }
        });
    }

    private void list(TrainerPods from, List<String> trainers) {
        Map<String, Integer> read = from.costs();
        costs.clear();
        costs.putAll(read);
        elsewhere.clear();
        trainers.stream().filter(trainer -> !costs.containsKey(pod(trainer))).forEach(elsewhere::add);
        listedAt = nanos.getAsLong();
    }

    private boolean areKnown(List<String> trainers) {
        return trainers.stream().allMatch(trainer -> costs.containsKey(pod(trainer)) || elsewhere.contains(trainer));
    }

    private void set(TrainerPods in, String pod, int cost) {
        if (in.setCost(pod, cost)) {
            costs.put(pod, cost);
        } else {
            costs.remove(pod);
        }
    }

    /** A trainer is named after its pod; without {@code trainyard.worker.name} the process id follows. */
    private String pod(String trainer) {
        return costs.containsKey(trainer) ? trainer : trainer.replaceFirst("-[0-9]+$", "");
    }
}
