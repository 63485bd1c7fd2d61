package dev.trainyard.gateway.estimates;

import dev.trainyard.gateway.estimates.RunForecast.Basis;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts the run time of a job from similar past jobs: their seconds per epoch, scaled by the ratio of computing
 * cost. Recent jobs weigh more, because machines and their load change.
 */
final class ThroughputModel {
    /** Multiply-adds per second of the default engine before any job has run, typical of one older core. */
    private static final double FIRST_PACE = 4e9;

    private static final double FIRST_OVERHEAD = 8;
    private static final double FIRST_SPREAD = 0.7;
    /** Jobs with the same configuration differ by this much. */
    private static final double LEAST_SPREAD = 0.04;

    /** Engines differ by factors of up to five. */
    private static final double OTHER_ENGINE_SPREAD = 1.2;

    private static final double SAME = 0.01;
    /** Number of newer jobs that halves the weight of an older one. */
    private static final double HALF_LIFE = 25;

    private final List<PastJob> whole;

    /** @param whole jobs that completed at their first attempt, latest end first */
    ThroughputModel(List<PastJob> whole) {
        this.whole = whole;
    }

    /**
     * Forecasts from jobs that had ended before {@code at} and ran with the engine that the job would get, or with any
     * engine if there are none. Trainings and imports, which have no epochs, are kept apart.
     */
    RunForecast of(Workload work, Instant at) {
        List<PastJob> known = whole.stream()
                .filter(job -> Objects.requireNonNull(job.endedAt()).isBefore(at)
                        && job.work().trains() == work.trains())
                .toList();
        String engine = engine(work, known);
        List<PastJob> alike = known.stream()
                .filter(job -> Objects.equals(job.engine(), engine))
                .toList();
        Sums sums = new Sums(alike.isEmpty() && !known.isEmpty());
        int rank = 0;
        for (PastJob job : alike.isEmpty() ? known : alike) {
            sums.add(work, job, rank++);
        }
        return sums.forecast(work);
    }

    /** A job without a choice gets the worker's default, which the latest job without a choice shows. */
    private static @Nullable String engine(Workload work, List<PastJob> known) {
        return work.engine() != null
                ? work.engine()
                : known.stream()
                        .filter(job -> job.work().engine() == null)
                        .findFirst()
                        .map(PastJob::engine)
                        .orElse(null);
    }

    /** Weighted means of logarithms, so that twice as slow and twice as fast cancel. */
    private static final class Sums {
        private final boolean ofOtherEngines;
        private double weight;
        private double epoch;
        private double overhead;
        private double overheadWeight;
        private double pace;
        private double paceWeight;
        private double square;
        private double nearest = Double.MAX_VALUE;
        private int same;
        private int jobs;
        private boolean network;

        Sums(boolean ofOtherEngines) {
            this.ofOtherEngines = ofOtherEngines;
        }

        void add(Workload work, PastJob job, int rank) {
            double distance = work.distanceTo(job.work());
            double near = distance * distance + 0.02;
            double age = Math.pow(0.5, rank / HALF_LIFE);
            double w = age / (near * near);
            double ratio = Math.log(work.epochCost() / job.work().epochCost());
            double guess = Math.log(job.secondsPerEpoch(1)) + ratio;
            weight += w;
            epoch += w * guess;
            square += w * guess * guess;
            double v = job.work().saves() == work.saves() ? w : w / 100;
            overhead += v * Math.log(job.overheadSeconds());
            overheadWeight += v;
            if (job.pace() != null && job.pace() > 0) {
                pace += w
                        * (Math.log(job.pace())
                                - Math.log(work.cost() / job.work().cost()));
                paceWeight += w;
            }
            nearest = Math.min(nearest, distance);
            same += distance < SAME ? 1 : 0;
            network |= work.network().equals(job.work().network());
            jobs++;
        }

        RunForecast forecast(Workload work) {
            if (jobs == 0) {
                double seconds = work.epochs() * work.epochCost() * 1.1 / FIRST_PACE + FIRST_OVERHEAD;
                return new RunForecast(seconds, FIRST_OVERHEAD, FIRST_SPREAD, null, Basis.NO_JOBS_YET, 0);
            }
            double mean = epoch / weight;
            double variance = Math.max(0, square / weight - mean * mean);
            double before = Math.exp(overhead / overheadWeight);
            double engines = ofOtherEngines ? OTHER_ENGINE_SPREAD * OTHER_ENGINE_SPREAD : 0;
            double spread = Math.sqrt(LEAST_SPREAD * LEAST_SPREAD
                    + variance
                    + engines
                    + 0.09 * Math.min(4, nearest * nearest)
                    + 0.25 / (jobs + 1));
            return new RunForecast(
                    work.epochs() * Math.exp(mean) + before,
                    before,
                    spread,
                    paceWeight == 0 ? null : (Double) Math.exp(pace / paceWeight),
                    basis(),
                    same > 0 && !ofOtherEngines ? same : jobs);
        }

        private Basis basis() {
            if (ofOtherEngines) {
                return Basis.OTHER_ENGINES;
            }
            return same > 0 ? Basis.SAME_CONFIGURATION : network ? Basis.SAME_NETWORK : Basis.OTHER_NETWORKS;
        }
    }
}
