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

    Rate rate();

    Callback callback();

    Admin admin();

    Http http();

    Memory memory();

    Expected expected();

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

    /** How often one client may come. */
    interface Rate {
        /** Submits of one network address; twice as many may come at once. */
        @WithDefault("1000")
        @Min(1)
        int submitsPerSecond();

        /** Pictures of one network address, each of a batch or of a tensor counted; twice as many may come at once. */
        @WithDefault("20000")
        @Min(1)
        int predictionsPerSecond();
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

    /** Workers that somebody starts beside this gateway, by name; those that were not seen yet are listed as starting. */
    interface Expected {
        Optional<Set<String>> trainers();

        Optional<Set<String>> predictors();
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

        /** As {@link #maxPending}, of one network address. */
        @WithDefault("128")
        @Min(1)
        int maxPendingPerClient();

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

    /** How requests are read and answers are written. */
    interface Http {
        /** Largest body of JSON, but for tensors. */
        @WithDefault("256K")
        MemorySize jsonLimit();

        /** For all of one body to arrive. */
        @WithDefault("30s")
        @DurationMin(millis = 100)
        Duration bodyTime();

        /** Bytes a second that a body comes with on average once {@link #bodyGrace} is over. */
        @WithDefault("1K")
        MemorySize bodyLeastRate();

        @WithDefault("5s")
        @DurationMin(millis = 0)
        Duration bodyGrace();

        /** Bodies that may be arriving at once. */
        @WithDefault("1024")
        @Min(1)
        int uploads();

        /** As {@link #uploads}, of one network address. */
        @WithDefault("256")
        @Min(1)
        int uploadsPerClient();

        /** Memory for the bodies of requests that are being served, half of it for one client; by default a quarter of the heap. */
        Optional<MemorySize> bodyMemory();

        /** Disk for large bodies while they arrive, half of it for one client. */
        @WithDefault("1G")
        MemorySize bodyDisk();

        /** Connections of one network address. */
        @WithDefault("4000")
        @Min(1)
        int connectionsPerClient();

        /** For the head of a request to arrive. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        Duration headTime();

        /** For a client to take some of an answer that waits to be sent. */
        @WithDefault("30s")
        @DurationMin(millis = 100)
        Duration writeTime();

        /** Answers that wait to be taken; by default a quarter of the heap. */
        Optional<MemorySize> answerMemory();
    }

    /** When a gateway that is short of memory ends, so that it is started again. */
    interface Memory {
        /** Share of the time, in percent, that collecting garbage took during the whole of {@link #garbageWindow}. */
        @WithDefault("90")
        @Min(1)
        int garbagePercent();

        @WithDefault("20s")
        @DurationMin(millis = 100)
        Duration garbageWindow();
    }
}
