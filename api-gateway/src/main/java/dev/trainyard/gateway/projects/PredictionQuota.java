package dev.trainyard.gateway.projects;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.trainyard.gateway.permission.CurrentProject;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Limits the images that a project sends to this gateway in a second. */
@Singleton
public class PredictionQuota {
    private static final int MOST_PROJECTS = 10_000;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ProjectDirectory projects;
    private final CurrentProject current;
    private final LoadingCache<Key, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_PROJECTS)
            .expireAfterAccess(Duration.ofMinutes(1))
            .build(PredictionQuota::bucket);

    PredictionQuota(ProjectDirectory projects, CurrentProject current) {
        this.projects = projects;
        this.current = current;
    }

    /** A changed quota begins with a new bucket. */
    private record Key(String project, int perSecond) {}

    private static Bucket bucket(Key key) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(key.perSecond).refillGreedy(key.perSecond, SECOND))
                .build();
    }

    /**
     * Counts the images of the present request. A batch that is larger than the quota is admitted, and the next requests
     * wait the longer.
     *
     * @throws dev.trainyard.gateway.problem.ProblemException 429 if the quota is used up
     */
    public void admit(int images) {
        Project project = projects.find(current.name());
        Integer perSecond = project == null ? null : project.quotas().predictionsPerSecond();
        if (project == null || perSecond == null) {
            return;
        }
        if (perSecond == 0) {
            throw exceeded(project.name(), perSecond, Duration.ofMinutes(1));
        }
        Bucket bucket = buckets.get(new Key(project.name(), perSecond));
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw exceeded(project.name(), perSecond, Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        if (images > 1) {
            bucket.consumeIgnoringRateLimits(images - 1L);
        }
    }

    private static RuntimeException exceeded(String project, int perSecond, Duration free) {
        return JobQuotas.exceeded(
                "predictions_per_second",
                project,
                "it may predict %,d images in a second. It frees in %,d ms".formatted(perSecond, free.toMillis() + 1),
                free);
    }
}
