package dev.trainyard.gateway;

import dev.trainyard.message.TopicLimits;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    Http http();

    Memory memory();

    Expected expected();

    Retention retention();

    Disk disk();

    /**
     * Names by which clients may call the gateway, besides localhost, addresses and this machine's own names, such as
     * the name of a proxy or of a service among containers.
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

        /** For how long a record whose whole topic is refused is tried before it is put aside. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        Duration topicLimit();

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

        /** Requests of one network address but predictions and health; twice as many may come at once. */
        @WithDefault("3000")
        @Min(1)
        int requestsPerSecond();

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

    /** How long what is no longer needed is kept; see docs/retention.md. */
    interface Retention {
        /** How often rows that may go are looked for; then they are deleted in batches. */
        @WithDefault("1m")
        @DurationMin(seconds = 1)
        Duration sweep();

        /** How often files that may go are looked for. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        Duration fileSweep();

        /** Since the end of a job; then it goes with its epochs, transitions and events. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration jobs();

        /** A job that is paused for longer is cancelled. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration pausedJobs();

        /** Of a job that has not ended, the newest events and the newest transitions. */
        @WithDefault("10000")
        @Min(100)
        int eventsOfJob();

        /** An {@code Idempotency-Key} of a submit. */
        @WithDefault("24h")
        @DurationMin(seconds = 1)
        Duration idempotencyKeys();

        /** Since the end of a job; then its files go, except those of published models. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        Duration checkpoints();

        /** Since the failure of a job, which may be retried after its newest checkpoints until then. */
        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration failedCheckpoints();

        /** Of a job that may go on, the newest ones. */
        @WithDefault("3")
        @Min(1)
        int checkpointsOfJob();

        /** Since the last write to the folder of a job that is not in the database. */
        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration orphans();

        /** Files younger than this are never deleted, because their writer may not have reported them yet. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        Duration youngFiles();

        /** The newest moves of aliases, of each model. */
        @WithDefault("1000")
        @Min(10)
        int aliasMoves();

        /** Since a shadow was last compared. */
        @WithDefault("90d")
        @DurationMin(seconds = 1)
        Duration comparisons();

        /** Since the deletion of a version; then its lineage goes too. */
        @WithDefault("365d")
        @DurationMin(seconds = 1)
        Duration deletedVersions();

        TopicRetention topics();
    }

    /** What Kafka keeps; bytes are of a whole topic. */
    interface TopicRetention {
        /** A job whose record has expired is dispatched again. */
        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration jobsTime();

        @WithDefault("384M")
        MemorySize jobsBytes();

        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration eventsTime();

        @WithDefault("384M")
        MemorySize eventsBytes();

        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration controlTime();

        @WithDefault("64M")
        MemorySize controlBytes();

        /** Of requests, and of replies. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        Duration predictionsTime();

        @WithDefault("384M")
        MemorySize predictionsBytes();

        /** Of each dead-letter topic. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration deadLettersTime();

        @WithDefault("64M")
        MemorySize deadLettersBytes();

        default TopicLimits limits() {
            return new TopicLimits(
                    new TopicLimits.Limit(jobsTime(), jobsBytes().asLongValue()),
                    new TopicLimits.Limit(eventsTime(), eventsBytes().asLongValue()),
                    new TopicLimits.Limit(controlTime(), controlBytes().asLongValue()),
                    new TopicLimits.Limit(predictionsTime(), predictionsBytes().asLongValue()),
                    new TopicLimits.Limit(deadLettersTime(), deadLettersBytes().asLongValue()));
        }
    }

    /** The free space below which new work is refused. */
    interface Disk {
        /** Of the artifact folder's disk, or of one of {@link #folders}; 0 refuses nothing. */
        @WithDefault("1G")
        MemorySize refuseBelow();

        /** Where work is taken again; above the other, so that the gateway does not go back and forth. */
        @WithDefault("1536M")
        MemorySize acceptAbove();

        /** Of a small disk, in percent of its size, that the lower mark may be; 100 for the marks as they are. */
        @WithDefault("10")
        @Min(1)
        @Max(100)
        int mostPercent();

        /** Other folders whose disks must have room, such as those of a database and a broker on this machine. */
        Optional<List<Path>> folders();
    }

    /** Who may import models. */
    interface Admin {
        /** Shown as {@code Authorization: Bearer}; without it nobody may. */
        Optional<String> token();
    }

    /** Names of the workers that are started beside this gateway; those that were not seen yet are listed as starting. */
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
        /** After the end; then they are deleted. */
        @WithDefault("24h")
        @DurationMin(seconds = 1)
        Duration age();

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

        /** For all of one body to arrive; longer on routes that read large ones, so that 512 KiB a second suffice. */
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

        /**
         * Requests of one network address that are processed at the same time, except for predictions; further ones wait.
         * By default one for each processor, and at least 2, so that one client leaves processor time to the others.
         */
        Optional<@Min(1) Integer> activeRequestsPerClient();

        /** For the head of a request to arrive. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        Duration headTime();

        /** For the next request on a connection. */
        @WithDefault("75s")
        @DurationMin(millis = 100)
        Duration idleTime();

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
