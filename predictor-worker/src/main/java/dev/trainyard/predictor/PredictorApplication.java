package dev.trainyard.predictor;

import dev.trainyard.predictor.runtime.PredictorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import sun.misc.Signal;

/** Starts a {@link PredictorProcess} with the service and drains it at the end. */
@ApplicationScoped
public class PredictorApplication {
    private final PredictorProcess predictor;

    PredictorApplication(
            PredictorSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            MeterRegistry registry) {
        String worker = settings.worker().name().orElseGet(PredictorApplication::hostAndPid);
        this.predictor = new PredictorProcess(worker, settings, kafka, registry);
    }

    void start(@Observes StartupEvent event) {
        // A drain is a success; by default the JVM ends with 143 after SIGTERM.
        Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
        predictor.start();
    }

    void stop(@Observes ShutdownEvent event) {
        predictor.close();
    }

    PredictorProcess predictor() {
        return predictor;
    }

    private static String hostAndPid() {
        long pid = ProcessHandle.current().pid();
        try {
            return InetAddress.getLocalHost().getHostName() + "-" + pid;
        } catch (UnknownHostException e) {
            return "predictor-" + pid;
        }
    }
}
