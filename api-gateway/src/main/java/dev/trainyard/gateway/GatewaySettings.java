package dev.trainyard.gateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** The gateway's settings, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface GatewaySettings {

    Artifacts artifacts();

    Lease lease();

    Reaper reaper();

    @WithName("wait")
    Wait waiting();

    Predict predict();

    /** Where checkpoints and models are kept; the same store for every service. */
    interface Artifacts {
        @WithDefault(".trainyard/artifacts")
        Path dir();
    }

    /** How a run is held and how often a job is tried. */
    interface Lease {
        /** Since the last heartbeat, by the database's clock. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        Duration duration();

        @WithDefault("3")
        @Min(1)
        int maxAttempts();
    }

    /** How often lost runs are looked for. */
    interface Reaper {
        @WithDefault("5s")
        @DurationMin(millis = 100)
        Duration period();

        /** How long a job may be neither in the queue nor claimed before it is dispatched again. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        Duration unclaimedLimit();
    }

    /** {@code Prefer: wait}. */
    interface Wait {
        /** The longest that a request is held. */
        @WithDefault("300s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** The way to the predictors and back. */
    interface Predict {
        @WithDefault("5s")
        @DurationMin(millis = 100)
        Duration timeout();

        /** Requests on their way at once; more are turned away rather than kept. */
        @WithDefault("1024")
        @Min(1)
        int maxPending();
    }
}
