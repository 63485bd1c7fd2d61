package dev.trainyard.gateway.estimates;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;

/**
 * What a job would be, had it been submitted.
 *
 * @param config with every default filled in
 */
public record JobPlan(JsonNode config, Size network, Memory memory, Estimate estimate) {

    /** @param multiplyAdds of one image read forwards */
    public record Size(long parameters, int layers, long multiplyAdds) {}

    /** @param peakBytes of the trainer's process, about */
    public record Memory(long peakBytes) {}

    /**
     * When it would run.
     *
     * @param basis how near the jobs are that this was learnt from: {@code same_configuration}, {@code same_network},
     *     {@code other_networks} or {@code no_jobs_yet}
     * @param jobs how many they are
     * @param confidence share of jobs that lie within low and high
     * @param samplesPerSecond training images; null before any job told
     * @param queuePosition 1 for the next
     * @param workers trainers that are there; null where Kafka has not said for a minute
     * @param seconds from start to end
     * @param start null where there is no trainer, or where it is not known whether there is one
     * @param end null where start is
     */
    public record Estimate(
            String basis,
            int jobs,
            double confidence,
            Double samplesPerSecond,
            long queuePosition,
            Integer workers,
            Seconds seconds,
            Times start,
            Times end) {}

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
