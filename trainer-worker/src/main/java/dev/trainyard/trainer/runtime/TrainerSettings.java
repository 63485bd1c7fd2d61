package dev.trainyard.trainer.runtime;

import dev.trainyard.worker.WorkerSettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.WithParentName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** Settings of the trainer, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface TrainerSettings extends WorkerSettings {

    /** Ids of the engines that a job without a choice of its own may use, the preferred one first. */
    @WithDefault("vector,dl4j")
    List<String> engines();

    /** Pools whose jobs this trainer runs. */
    @WithDefault("default")
    @NotEmpty
    List<@WithConverter(PoolConverter.class) String> pools();

    Device device();

    Engine engine();

    Data datasets();

    Heartbeat heartbeat();

    Progress progress();

    Contact contact();

    Drain drain();

    Stop stop();

    @WithName("import")
    Import imports();

    Faults faults();

    /** Device on which networks are trained. */
    interface Device {
        /** {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
        @WithParentName
        @WithDefault("auto")
        String choice();

        /** Memory of a GPU that the trainer may take; without it all. */
        Optional<MemorySize> memory();

        /** Command that lists the GPUs. */
        @WithDefault("nvidia-smi")
        String nvidiaSmi();

        /** Time limit of that command. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** What applies to each run, whatever its engine. */
    interface Engine {
        /** Threads that compute one run; the number changes no byte of its results. */
        @WithDefault("1")
        @Min(1)
        @Max(64)
        int threads();
    }

    /** Location of the TFRecord shards, one folder per dataset. */
    interface Data {
        @WithDefault(".trainyard/datasets")
        Path dir();

        /** {@code file:DIRECTORY} or {@code s3://BUCKET/PREFIX}, from which missing datasets are copied to that directory. */
        Optional<String> uri();

        /** MNIST's npz archive, converted if its shards are missing. */
        Optional<Path> mnistSource();
    }

    /** Heartbeats, which extend the lease of a run that makes progress. */
    interface Heartbeat {
        @WithDefault("5s")
        @DurationMin(millis = 100)
        Duration interval();
    }

    /** Progress events within an epoch. */
    interface Progress {
        @WithDefault("1s")
        @DurationMin(millis = 50)
        Duration interval();
    }

    /** Time that events may wait for the broker before a run stops itself; shorter than the lease. */
    interface Contact {
        @WithDefault("45s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** Total time limit of the shutdown: the current run stops and reports, and remaining events are sent. */
    interface Drain {
        @WithDefault("20s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** Time after which a run that does not react to a stop is considered hung, and the process ends itself. */
    interface Stop {
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** Limits of the process that checks an imported file. */
    interface Import {
        /** Wall-clock time of the whole check; long, because the machine may be busy. */
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

        /** Limits of one model run. */
        interface Run {
            /**
             * Processor time for loading the model, and for a run of up to 64 images; proportionally more for larger
             * runs.
             */
            @WithDefault("2s")
            @DurationMin(millis = 10)
            Duration processor();

            @WithDefault("1G")
            MemorySize memory();
        }
    }

    /** Fault injection for tests. */
    interface Faults {
        /** Folder in which faults are enabled; without it there are none. */
        Optional<Path> dir();
    }
}
