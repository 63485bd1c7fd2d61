package dev.trainyard.gateway;

import dev.trainyard.gateway.models.BundledModel;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.prediction.Predictions;
import dev.trainyard.message.TopicInstaller;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Brings the gateway's threads up. Jobs are accepted from the first moment; what needs Kafka follows when it is there. */
@ApplicationScoped
public class GatewayStart {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayStart.class);
    private static final int TOPICS_LIMIT_SECONDS = 10;

    private final Map<String, Object> kafka;
    private final OutboxRelay relay;
    private final BundledModel bundled;
    private final Predictions predictions;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile String notReady = "is starting";

    GatewayStart(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            OutboxRelay relay,
            BundledModel bundled,
            Predictions predictions) {
        this.kafka = new HashMap<>(kafka);
        this.relay = relay;
        this.bundled = bundled;
        this.predictions = predictions;
    }

    void start(@Observes StartupEvent event) {
        // An end that was asked for is a success; by default the JVM ends with 143 after SIGTERM.
        Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
        daemon(this::bringUp, "gateway-start").start();
    }

    void stop(@Observes ShutdownEvent event) {
        closing.countDown();
        predictions.close();
        relay.close();
    }

    /** What keeps a request from succeeding, as the rest of a sentence; null when nothing does. */
    String notReady() {
        return notReady;
    }

    private void bringUp() {
        try {
            until("has no Kafka", () -> TopicInstaller.install(kafka, TOPICS_LIMIT_SECONDS));
            daemon(relay, "outbox-relay").start();
            until("could not publish the bundled model", bundled::install);
            predictions.start();
            notReady = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void until(String otherwise, Step step) throws InterruptedException {
        while (closing.getCount() > 0) {
            try {
                step.run();
                return;
            } catch (IllegalStateException | IOException | JdbiException e) {
                notReady = otherwise + ": "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                LOG.warn("the gateway {}; trying again", notReady);
                closing.await(1, TimeUnit.SECONDS);
            }
        }
        throw new InterruptedException("closing");
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, e) -> LOG.error("thread {} died", dead.getName(), e));
        return thread;
    }
}
