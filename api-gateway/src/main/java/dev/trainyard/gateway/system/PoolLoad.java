package dev.trainyard.gateway.system;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How many trainers a pool could use now, over all projects.
 *
 * @param queued jobs that a free trainer would start
 * @param running jobs that have a trainer
 */
@Schema(description = "How many trainers a pool could use now, over all projects")
public record PoolLoad(
        String pool,

        @Schema(
                description =
                        "Jobs that a free trainer would start at once: not those that wait for other jobs, for the end of a "
                                + "pause before a retry, or for max_running of their project. At most 10,000 of each project are counted")
        long queued,

        @Schema(description = "Jobs that have a trainer") long running,

        @Schema(description = "queued + running: the number of trainers that an autoscaler should provide")
        long demand) {

    PoolLoad(String pool, long queued, long running) {
        this(pool, queued, running, queued + running);
    }
}
