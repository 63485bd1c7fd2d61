package dev.trainyard.gateway.studies;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Estimate of a study that is not submitted (dry run).
 *
 * @param trials at most
 * @param configurations of the space; null if they are not counted
 * @param epochsAtMost of all trials together
 * @param epochsExpected of all trials together if the pruner stops as many as it does with results in random order
 * @param secondsExpected of the whole study, with the trainers that run now and nothing else in their queue
 * @param peakBytes approximate peak of a trainer process with the largest of the checked configurations
 * @param basis similarity of the jobs from which the time is estimated, as for a job
 */
@Schema(name = "StudyPlan")
record StudyPlan(
        int trials,
        @Nullable Long configurations,
        long epochsAtMost,
        long epochsExpected,
        double secondsExpected,
        long peakBytes,
        String basis) {}
