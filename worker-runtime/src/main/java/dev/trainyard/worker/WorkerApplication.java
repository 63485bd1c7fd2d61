package dev.trainyard.worker;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import sun.misc.Signal;

/** Starts the {@link Worker} with the service and drains it at the end. */
@ApplicationScoped
class WorkerApplication {
    void start(@Observes StartupEvent event, Worker worker) {
        // A drain is a success; by default the JVM ends with 143 after SIGTERM.
        Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
        worker.start();
    }

    void stop(@Observes ShutdownEvent event, Worker worker) {
        worker.close();
    }
}
