package dev.trainyard.gateway.estimates;

import dev.trainyard.gateway.estimates.RunForecast.Basis;
import java.time.Instant;
import java.util.List;

/**
 * Forecasts how long a job runs by those most like it: their seconds an epoch, set right by how much more there is to
 * compute. Later jobs count more, because machines and their load change.
 */
final class ThroughputModel {
    /** Multiply-adds a second where no job has run yet; a core of some years ago. */
    private static final double FIRST_PACE = 1.6e9;

    private static final double FIRST_AROUND = 8;
    private static final double FIRST_SPREAD = 0.7;
    /** Even jobs of one configuration differ. */
    private static final double LEAST_SPREAD = 0.04;

    private static final double SAME = 0.01;
    /** Jobs after which an older one counts half as much. */
    private static final double HALF_LIFE = 25;

    private final List<PastJob> whole;

    /** @param whole jobs that ran through, those that ended last coming first */
    ThroughputModel(List<PastJob> whole) {
        this.whole = whole;
    }

    /** By the jobs that had ended before {@code at}; an import, which has no epochs, says nothing of a training. */
    RunForecast of(Workload work, Instant at) {
        Sums sums = new Sums();
        int rank = 0;
        for (PastJob job : whole) {
            if (job.endedAt().isBefore(at) && job.work().trains() == work.trains()) {
                sums.add(work, job, rank++);
            }
        }
        return sums.forecast(work);
    }

    /** Means of logarithms, so that twice as slow and twice as fast cancel. */
    private static final class Sums {
        private double weight;
        private double epoch;
        private double around;
        private double aroundWeight;
        private double pace;
        private double paceWeight;
        private double square;
        private double nearest = Double.MAX_VALUE;
        private int same;
        private int jobs;
        private boolean network;

        void add(Workload work, PastJob job, int rank) {
            double distance = work.distanceTo(job.work());
            double near = distance * distance + 0.02;
            double age = Math.pow(0.5, rank / HALF_LIFE);
            double w = age / (near * near);
            double ratio = Math.log(work.epochCost() / job.work().epochCost());
            double guess = Math.log(job.epochsOf(1)) + ratio;
            weight += w;
            epoch += w * guess;
            square += w * guess * guess;
            double v = job.work().saves() == work.saves() ? w : w / 100;
            around += v * Math.log(job.aroundSeconds());
            aroundWeight += v;
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
                double seconds = work.epochs() * work.epochCost() * 1.1 / FIRST_PACE + FIRST_AROUND;
                return new RunForecast(seconds, FIRST_AROUND, FIRST_SPREAD, null, Basis.NO_JOBS_YET, 0);
            }
            double mean = epoch / weight;
            double variance = Math.max(0, square / weight - mean * mean);
            double before = Math.exp(around / aroundWeight);
            double spread = Math.sqrt(
                    LEAST_SPREAD * LEAST_SPREAD + variance + 0.09 * Math.min(4, nearest * nearest) + 0.25 / (jobs + 1));
            Basis basis = same > 0 ? Basis.SAME_CONFIGURATION : network ? Basis.SAME_NETWORK : Basis.OTHER_NETWORKS;
            return new RunForecast(
                    work.epochs() * Math.exp(mean) + before,
                    before,
                    spread,
                    paceWeight == 0 ? null : (Double) Math.exp(pace / paceWeight),
                    basis,
                    same > 0 ? same : jobs);
        }
    }
}
