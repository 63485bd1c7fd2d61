package dev.trainyard.trainer;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** The trainer's settings, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface TrainerSettings {

    Artifacts artifacts();

    Data datasets();

    Worker worker();

    Heartbeat heartbeat();

    Progress progress();

    Contact contact();

    Drain drain();

    Stop stop();

    @WithName("import")
    Import imports();

    Faults faults();

    /** Where checkpoints and models are kept; the same store for every service. */
    interface Artifacts {
        @WithDefault(".trainyard/artifacts")
        Path dir();
    }

    /** Where the TFRecord shards lie, one folder for each dataset. */
    interface Data {
        @WithDefault(".trainyard/datasets")
        Path dir();

        /** MNIST's npz archive, converted where its shards are missing. */
        Optional<Path> mnistSource();
    }

    /** Who this trainer is, for people. */
    interface Worker {
        /** By default made of host name and process id. */
        Optional<String> name();
    }

    /** How often an advancing run extends its lease. */
    interface Heartbeat {
        @WithDefault("5s")
        @DurationMin(millis = 100)
        Duration interval();
    }

    /** How often the figures within an epoch are sent. */
    interface Progress {
        @WithDefault("1s")
        @DurationMin(millis = 50)
        Duration interval();
    }

    /** How long events may wait for the broker before a run gives itself up; shorter than the lease. */
    interface Contact {
        @WithDefault("45s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** How long the end of the process may take in all: the run in hand stops and reports, what is left is sent. */
    interface Drain {
        @WithDefault("20s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** How long a run may heed no stop before its process ends itself: its batch hangs. */
    interface Stop {
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** What the process may take that checks a file to import. */
    interface Import {
        /** The whole check by the clock on the wall; long, as the machine may be busy. */
        @WithDefault("10m")
        @DurationMin(seconds = 10)
        Duration time();

        /** Processor time of the whole check. */
        @WithDefault("2m")
        @DurationMin(seconds = 10)
        Duration processor();

        /** Address space of the process. */
        @WithDefault("3G")
        MemorySize memory();

        Run run();

        /** What one run of the model may take. */
        interface Run {
            /** Processor time of a run of up to 64 pictures, and of loading; of more pictures in proportion. */
            @WithDefault("2s")
            @DurationMin(millis = 10)
            Duration processor();

            @WithDefault("1G")
            MemorySize memory();
        }
    }

    /** Faults on demand, for tests. */
    interface Faults {
        /** Where they are armed; without it there are none. */
        Optional<Path> dir();
    }
}
