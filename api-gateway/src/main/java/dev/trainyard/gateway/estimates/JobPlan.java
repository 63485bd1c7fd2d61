package dev.trainyard.gateway.estimates;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Estimate of a job that is not submitted (dry run).
 *
 * @param config configuration with all defaults
 */
public record JobPlan(JsonNode config, Size network, Memory memory, Estimate estimate) {

    /** @param multiplyAdds multiply-adds of one image's forward pass */
    public record Size(long parameters, int layers, long multiplyAdds) {}

    /** @param peakBytes approximate peak of the trainer process */
    public record Memory(long peakBytes) {}

    /**
     * Expected times of the job.
     *
     * @param basis similarity of the jobs that the estimate derives from: {@code same_configuration}, {@code
     *     same_network}, {@code other_networks}, {@code other_engines} or {@code no_jobs_yet}
     * @param jobs number of these jobs
     * @param confidence share of jobs that lie within low and high
     * @param samplesPerSecond training images per second
     * @param queuePosition 1 for the next job
     * @param workers number of trainers; null if Kafka did not answer for a minute
     * @param seconds from start to end
     * @param start null if there is no trainer or their number is unknown
     * @param end null if {@code start} is null
     */
    public record Estimate(
            String basis,
            int jobs,
            double confidence,
            @Nullable Double samplesPerSecond,
            long queuePosition,
            @Nullable Integer workers,
            Seconds seconds,
            @Nullable Times start,
            @Nullable Times end) {}

    public record Seconds(double low, double mid, double high) {}

    public record Times(Instant low, Instant mid, Instant high) {
        static Times after(Instant now, Seconds seconds) {
            return new Times(later(now, seconds.low()), later(now, seconds.mid()), later(now, seconds.high()));
        }

        private static Instant later(Instant now, double seconds) {
            return now.plusMillis(Math.round(seconds * 1_000));
        }
    }

    static String wireName(RunForecast.Basis basis) {
        return basis.name().toLowerCase(Locale.ROOT);
    }
}
