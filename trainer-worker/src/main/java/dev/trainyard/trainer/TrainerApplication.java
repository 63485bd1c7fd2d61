package dev.trainyard.trainer;

import dev.trainyard.trainer.engine.ExportGate;
import dev.trainyard.trainer.engine.TrainingEngine;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.ImportCheck;
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

/** Starts a {@link TrainerProcess} with the service and drains it at the end. */
@ApplicationScoped
public class TrainerApplication {
    private final TrainerProcess trainer;

    TrainerApplication(
            TrainerSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            TrainingEngine engine,
            Datasets datasets,
            ExportGate gate,
            ImportCheck importCheck,
            MeterRegistry registry) {
        String worker = settings.worker().name().orElseGet(TrainerApplication::hostAndPid);
        this.trainer = new TrainerProcess(worker, settings, kafka, engine, datasets, gate, importCheck, registry);
    }

    void start(@Observes StartupEvent event) {
        // A drain is a success; by default the JVM ends with 143 after SIGTERM.
        Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
        trainer.start();
    }

    void stop(@Observes ShutdownEvent event) {
        trainer.close();
    }

    TrainerProcess trainer() {
        return trainer;
    }

    private static String hostAndPid() {
        long pid = ProcessHandle.current().pid();
        try {
            return InetAddress.getLocalHost().getHostName() + "-" + pid;
        } catch (UnknownHostException e) {
            return "trainer-" + pid;
        }
    }
}
