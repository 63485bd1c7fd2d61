package dev.trainyard.gateway.runtime;

import dev.trainyard.message.TopicReplication;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.settings.LogFormat;
import dev.trainyard.storage.ArtifactSettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;

/** The gateway's settings, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface GatewaySettings {

    ArtifactSettings artifacts();

    Lease lease();

    Reaper reaper();

    Leader leader();

    Background background();

    @WithName("wait")
    Wait waiting();

    Predict predict();

    Queue queue();

    Scheduling scheduling();

    Drift drift();

    Outbox outbox();

    Rate rate();

    Callback callback();

    Admin admin();

    Auth auth();

    Http http();

    Memory memory();

    Expected expected();

    Retention retention();

    Disk disk();

    Kubernetes kubernetes();

    Traces traces();

    Log log();

    Topics topics();

    /**
     * Host names accepted in requests besides localhost, IP addresses and this machine's names, such as the name of a
     * proxy or a container service.
     */
    Optional<Set<String>> hosts();

    /** Traces for OpenTelemetry. */
    interface Traces {
        /** OTLP collector; without it nothing is traced. */
        Optional<URI> endpoint();

        /** Share of requests without a trace of their client whose traces are recorded. */
        @WithDefault("0.01")
        @DecimalMin("0")
        @DecimalMax("1")
        double ratio();
    }

    /** The log, which ObservabilitySettings configures. */
    interface Log {
        @WithDefault("text")
        LogFormat format();
    }

    /** Lease of a run and number of attempts of a job. */
    interface Lease {
        /** Time since the last heartbeat, by the database's clock. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        Duration duration();

        @WithDefault("3")
        @Min(1)
        int maxAttempts();
    }

    /** Detection of lost runs. */
    interface Reaper {
        @WithDefault("5s")
        @DurationMin(millis = 100)
        Duration period();

        /** Time after which a queued job whose record was consumed without a claim is dispatched again. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        Duration unclaimedLimit();
    }

    /** The gateway that runs tasks of which only one may run at a time. */
    interface Leader {
        /** Time after its last renewal until another gateway takes over, by the database's clock. */
        @WithDefault("4s")
        @DurationMin(seconds = 1)
        Duration lease();
    }

    /** Tasks that are woken by notifications of changes. */
    interface Background {
        /** Longest time until they find a change without a notification. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        Duration poll();
    }

    /** {@code Prefer: wait}. */
    interface Wait {
        /** Longest time for which a request is held. */
        @WithDefault("300s")
        @DurationMin(seconds = 1)
        Duration limit();
    }

    /** The queue of jobs. */
    interface Queue {
        /** Maximum number of waiting jobs; further submissions get 429. */
        @WithDefault("100000")
        @Min(1)
        int limit();
    }

    /** Handing out of queued jobs to trainers; see docs/scheduling.md. */
    interface Scheduling {
        /** Number of jobs handed out while no trainer is alive, so that the first one to start finds work. */
        @WithDefault("1")
        @Min(1)
        int window();

        /** Number of jobs handed out beyond the free trainers; their order is no longer changed. */
        @WithDefault("0")
        @Min(0)
        int ahead();

        /** Lets a job of a high priority take the trainer of a running job of a lower one if none is free. */
        @WithDefault("false")
        boolean preemption();
    }

    /** Comparison of served images with those that a model was fitted on; see docs/trust.md. */
    interface Drift {
        /** Number of images after which a window is compared and the next one begins. */
        @WithDefault("1000")
        @Min(200)
        int window();

        /** Effect size from which a significant difference counts as drift; 0.7 of it for the share of outliers. */
        @WithDefault("0.5")
        @DecimalMin("0.01")
        @DecimalMax("10")
        double effectSize();
    }

    /** Records to be sent to Kafka. */
    interface Outbox {
        /** Number of refusals after which a record is quarantined. */
        @WithDefault("5")
        @Min(1)
        int tries();

        /** Time after which a record is quarantined if its whole topic is refused. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        Duration topicLimit();

        /** Retention time of quarantined records. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration keepRefused();
    }

    /** Rate limits per client; bursts may be twice as large. */
    interface Rate {
        /** Job submissions and changes per network address. */
        @WithDefault("1000")
        @Min(1)
        int submitsPerSecond();

        /** Requests per network address, except predictions and health checks. */
        @WithDefault("3000")
        @Min(1)
        int requestsPerSecond();

        /** Attempts to sign in on the web page per network address. */
        @WithDefault("5")
        @Min(1)
        int signInsPerSecond();

        /** Images per network address, counting each image of a batch or tensor. */
        @WithDefault("20000")
        @Min(1)
        int predictionsPerSecond();
    }

    /** Callbacks to clients' servers at the end of a job. */
    interface Callback {
        /** Key of the signature; without it submissions with callback_url are refused. */
        Optional<String> secret();

        /** Signs as well while receivers change to a new secret. */
        Optional<String> previousSecret();

        /** Ports that may be called; by default 80 and 443, and any port of addresses that allowPrivate allows. */
        Optional<Set<Integer>> ports();

        /** Allows callbacks to loopback, link-local and private addresses. */
        @WithDefault("false")
        boolean allowPrivate();
    }

    /** Retention of data that is no longer needed; see docs/retention.md. */
    interface Retention {
        /** Period of the deletion of expired rows. */
        @WithDefault("1m")
        @DurationMin(seconds = 1)
        Duration sweep();

        /** Period of the deletion of expired files. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        Duration fileSweep();

        /** Time after the end of a job; it is deleted with its epochs, transitions and events. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration jobs();

        /** Time after which a paused job is cancelled. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration pausedJobs();

        /** Number of newest events, and of newest transitions, kept of a job that has not ended. */
        @WithDefault("10000")
        @Min(100)
        int eventsOfJob();

        /** Time for which an {@code Idempotency-Key} of a submission is remembered. */
        @WithDefault("24h")
        @DurationMin(seconds = 1)
        Duration idempotencyKeys();

        /** Time after the end of a job until its files are deleted, except those of published models. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        Duration checkpoints();

        /** Time after a failure during which the job can be retried from its newest checkpoints. */
        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration failedCheckpoints();

        /** Number of newest checkpoints kept of a job that may continue. */
        @WithDefault("3")
        @Min(1)
        int checkpointsOfJob();

        /** Time after the last write to the folder of a job that is not in the database. */
        @WithDefault("7d")
        @DurationMin(seconds = 1)
        Duration orphans();

        /** Age below which files are never deleted, because their writer may not have reported them yet. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        Duration youngFiles();

        /** Time after which an access token that is revoked or has expired is deleted. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration accessTokens();

        /** Time after which an entry of the audit log is deleted; the database keeps each for 7 days at least. */
        @WithDefault("365d")
        @DurationMin(days = 7)
        Duration audit();

        /** Number of newest alias moves kept per model. */
        @WithDefault("1000")
        @Min(10)
        int aliasMoves();

        /** Time after the last comparison with a shadow version. */
        @WithDefault("90d")
        @DurationMin(seconds = 1)
        Duration comparisons();

        /** Time after the last image of a window of the drift comparison. */
        @WithDefault("90d")
        @DurationMin(seconds = 1)
        Duration driftWindows();

        /** Time after the deletion of a version until its lineage is deleted. */
        @WithDefault("365d")
        @DurationMin(seconds = 1)
        Duration deletedVersions();

        TopicSettings topics();
    }

    /** Retention of Kafka topics; bytes are per topic, over all partitions. */
    interface TopicSettings {
        /** Jobs whose record has expired are dispatched again. */
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

        /** Retention of requests and of replies. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        Duration predictionsTime();

        @WithDefault("384M")
        MemorySize predictionsBytes();

        /** Retention of each dead-letter topic. */
        @WithDefault("30d")
        @DurationMin(seconds = 1)
        Duration deadLettersTime();

        @WithDefault("64M")
        MemorySize deadLettersBytes();

        default TopicRetention limits() {
            return new TopicRetention(
                    new TopicRetention.Bounds(jobsTime(), jobsBytes().asLongValue()),
                    new TopicRetention.Bounds(eventsTime(), eventsBytes().asLongValue()),
                    new TopicRetention.Bounds(controlTime(), controlBytes().asLongValue()),
                    new TopicRetention.Bounds(
                            predictionsTime(), predictionsBytes().asLongValue()),
                    new TopicRetention.Bounds(
                            deadLettersTime(), deadLettersBytes().asLongValue()));
        }
    }

    /** Copies of the Kafka topics that are created; empty values depend on the number of brokers. */
    interface Topics {
        /** Number of brokers that keep a copy of each topic. */
        OptionalInt replicationFactor();

        /** Number of copies that must have a record before it counts as sent. */
        OptionalInt minInsyncReplicas();

        /** Warns at the start if there is only one copy. */
        @WithDefault("true")
        boolean warnOfSingleCopy();

        default TopicReplication replication() {
            return new TopicReplication(replicationFactor(), minInsyncReplicas());
        }
    }

    /** Free disk space below which new work is refused. */
    interface Disk {
        /** Low threshold of the artifact folder's disk and those of {@link #folders}; 0 disables the check. */
        @WithDefault("1G")
        MemorySize refuseBelow();

        /** High threshold from which work is accepted again; the distance prevents flapping. */
        @WithDefault("1536M")
        MemorySize acceptAbove();

        /** Upper bound of the low threshold in percent of the disk's size; 100 for no bound. */
        @WithDefault("10")
        @Min(1)
        @Max(100)
        int mostPercent();

        /** Further folders whose disks are checked, such as those of a local database and broker. */
        Optional<List<Path>> folders();
    }

    /** Administrative access, such as the import of models. */
    interface Admin {
        /** Bearer token; without it administrative requests are refused. */
        Optional<String> token();
    }

    /** Who may do what. */
    interface Auth {
        @WithDefault("none")
        Mode mode();

        Session session();

        /** How clients are authenticated. */
        enum Mode {
            /** Every client may do everything, except import models. */
            NONE,
            /** By access tokens that administrators create. */
            TOKENS,
            /** By tokens of an OpenID provider, and by access tokens. */
            OIDC
        }

        Oidc oidc();
    }

    /** An OpenID provider; for mode {@code oidc}. */
    interface Oidc {
        /** URL of the provider, to which {@code /.well-known/openid-configuration} is added. */
        Optional<String> authServerUrl();

        /** Id of this platform at the provider. */
        Optional<String> clientId();

        /** Secret of this platform at the provider, for sign-ins on the web page; a public client has none. */
        Optional<String> clientSecret();

        /** The name on the button of the sign-in. */
        @WithDefault("OpenID Connect")
        String providerName();

        /** Scopes that a sign-in on the web page asks for. */
        @WithDefault("openid,profile")
        List<String> scopes();

        /** Audiences of which a token must have one; by default the client id. */
        Optional<List<String>> audience();

        /** Path of the claim with the roles, such as {@code realm_access/roles}. */
        @WithDefault("roles")
        String rolesClaim();

        /** Entries {@code GROUP=ROLE} or {@code GROUP=PROJECT:ROLE} for values of the claim that are no roles. */
        Optional<List<String>> roleMapping();

        /** Shortest time between two requests for the provider's keys because a token has an unknown one. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        Duration keyRefresh();
    }

    /** Sessions of the web page. */
    interface Session {
        /** Time after the sign-in. */
        @WithDefault("12h")
        @DurationMin(seconds = 1)
        Duration lifetime();

        /** Time after the last request. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        Duration idle();

        /** Number of newest sessions of one token; a further sign-in ends the oldest. */
        @WithDefault("20")
        @Min(1)
        int perToken();

        /**
         * Sends the cookie over HTTPS only. By default, if the request came over HTTPS, which may be to a trusted
         * proxy.
         */
        Optional<Boolean> secureCookie();
    }

    /** Names of workers that are started with this gateway; they are listed as starting until they are seen. */
    interface Expected {
        Optional<Set<String>> trainers();

        Optional<Set<String>> predictors();
    }

    /** Predictions. */
    interface Predict {
        @WithDefault("5s")
        @DurationMin(millis = 100)
        Duration timeout();

        /** Maximum number of pending requests; further ones are refused. */
        @WithDefault("1024")
        @Min(1)
        int maxPending();

        /** Maximum number of pending requests per network address. */
        @WithDefault("128")
        @Min(1)
        int maxPendingPerClient();

        /** Time limit of a whole batch; images without a reply by then are reported as timed out. */
        @WithDefault("30s")
        @DurationMin(millis = 100)
        Duration batchTimeout();

        AsyncPredictions async();
    }

    /** Asynchronous predictions. */
    interface AsyncPredictions {
        /** Retention time after the end of a prediction. */
        @WithDefault("24h")
        @DurationMin(seconds = 1)
        Duration age();

        /** Time without a reply after which the request is sent again; doubles with each attempt up to 60 s. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        Duration replyTimeout();

        /** Number of attempts without a reply after which it fails; about 18 minutes by default. */
        @WithDefault("20")
        @Min(1)
        int maxAttempts();

        /** Maximum number of waiting predictions; further requests get 429. */
        @WithDefault("10000")
        @Min(1)
        int limit();

        /** Maximum size of all waiting images. */
        @WithDefault("256M")
        MemorySize bytes();
    }

    /** Limits of HTTP requests and responses. */
    interface Http {
        /** Maximum size of a JSON body, except tensors. */
        @WithDefault("256K")
        MemorySize jsonLimit();

        /** Time limit for receiving a body; routes with large bodies allow more, so that 512 KiB/s suffice. */
        @WithDefault("30s")
        @DurationMin(millis = 100)
        Duration bodyTime();

        /** Minimum average bytes per second of a body after {@link #bodyGrace}. */
        @WithDefault("1K")
        MemorySize bodyLeastRate();

        @WithDefault("5s")
        @DurationMin(millis = 0)
        Duration bodyGrace();

        /** Maximum number of bodies that are received at the same time. */
        @WithDefault("1024")
        @Min(1)
        int uploads();

        /** Maximum number of bodies received at the same time per network address. */
        @WithDefault("256")
        @Min(1)
        int uploadsPerClient();

        /** Memory for request bodies, at most half of it for one client; by default a quarter of the heap. */
        Optional<MemorySize> bodyMemory();

        /** Disk space for large bodies, at most half of it for one client. */
        @WithDefault("1G")
        MemorySize bodyDisk();

        /** Maximum number of connections per network address. */
        @WithDefault("4000")
        @Min(1)
        int connectionsPerClient();

        /**
         * Requests of one network address that are processed at the same time, except for predictions; further ones
         * wait. A request counts for 25 ms at most. By default one for each processor, and at least 2, so that one client
         * leaves processor time to the others.
         */
        Optional<@Min(1) Integer> activeRequestsPerClient();

        /** Time limit for receiving the head of a request. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        Duration headTime();

        /** Time limit for the next request on a connection. */
        @WithDefault("75s")
        @DurationMin(millis = 100)
        Duration idleTime();

        /** Time without progress after which writing a response is aborted. */
        @WithDefault("30s")
        @DurationMin(millis = 100)
        Duration writeTime();

        /** Memory for responses that wait to be sent; by default a quarter of the heap. */
        Optional<MemorySize> answerMemory();
    }

    /** Use of the API of a Kubernetes cluster; off by default, and outside of a cluster. */
    interface Kubernetes {
        /** Marks the pods of trainers that run a job, so that a scale-in removes idle ones first. */
        @WithDefault("false")
        boolean deletionCosts();

        /** Labels of the trainers' pods in the namespace of this gateway. */
        @WithDefault("app.kubernetes.io/name=trainyard,app.kubernetes.io/component=trainer")
        String trainerSelector();

        /** Address of the API; by default that of the cluster, which every pod has in its environment. */
        Optional<URI> api();

        /** Folder with the token, the certificate authority and the namespace of the service account. */
        @WithDefault("/var/run/secrets/kubernetes.io/serviceaccount")
        Path serviceAccount();
    }

    /** Limits at which a gateway that is short of memory ends in order to be restarted. */
    interface Memory {
        /** Maximum percentage of time spent on garbage collection within {@link #garbageWindow}. */
        @WithDefault("90")
        @Min(1)
        int garbagePercent();

        @WithDefault("20s")
        @DurationMin(millis = 100)
        Duration garbageWindow();
    }
}
