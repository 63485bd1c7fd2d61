package dev.trainyard.gateway;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
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

    Queue queue();

    Outbox outbox();

    Rate rate();

    Callback callback();

    Admin admin();

    /**
     * Names besides localhost by which clients may call a gateway that listens on loopback alone, such as the name of a
     * proxy on the same machine.
     */
    Optional<Set<String>> hosts();

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

    /** How much is taken on. */
    interface Queue {
        /** Jobs that may wait; a submit past them is answered with 429. */
        @WithDefault("100000")
        @Min(1)
        int limit();
    }

    /** Records on their way to Kafka. */
    interface Outbox {
        /** After as many refusals a record is put aside. */
        @WithDefault("5")
        @Min(1)
        int tries();

        /** How long a record that was put aside is kept for an operator. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration keepRefused();
    }

    /** How often one client may come. */
    interface Rate {
        /** Submits of one network address; twice as many may come at once. */
        @WithDefault("1000")
        @Min(1)
        int submitsPerSecond();
    }

    /** How clients' servers are told of the end of a job. */
    interface Callback {
        /** Signs the calls; without it no callback_url is taken. */
        Optional<String> secret();

        /** Whether loopback, link-local and private addresses may be called. */
        @WithDefault("false")
        boolean allowPrivate();
    }

    /** Who may import models. */
    interface Admin {
        /** Shown as {@code Authorization: Bearer}; without it nobody may. */
        Optional<String> token();
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

        /** For a whole batch; what is not answered by then is answered as late. */
        @WithDefault("30s")
        @DurationMin(millis = 100)
        Duration batchTimeout();

        Kept kept();
    }

    /** Predictions that are answered later. */
    interface Kept {
        /** After the end; then they are forgotten. */
        @WithDefault("24h")
        @DurationMin(seconds = 1)
        Duration age();

        /** How often what is to be forgotten is looked for. */
        @WithDefault("10m")
        @DurationMin(millis = 100)
        Duration sweep();

        /** How long an answer is waited for until a predictor is asked again, twice as long each time up to 60 s. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        Duration patience();

        /** After as many without an answer it fails; with the default after about 18 minutes. */
        @WithDefault("20")
        @Min(1)
        int asks();

        /** Predictions that may wait to be answered; more are answered with 429. */
        @WithDefault("10000")
        @Min(1)
        int limit();

        /** Size of the pictures that may wait. */
        @WithDefault("256M")
        MemorySize bytes();
    }
}
