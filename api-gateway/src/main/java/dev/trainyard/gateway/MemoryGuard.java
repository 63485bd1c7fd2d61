package dev.trainyard.gateway;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Runs the {@link GarbageWatchdog} while the gateway runs. */
@ApplicationScoped
class MemoryGuard {
    private final GatewaySettings.Memory settings;
    private Thread watchdog;

    MemoryGuard(GatewaySettings settings) {
        this.settings = settings.memory();
    }

    void start(@Observes StartupEvent event) {
        watchdog = new GarbageWatchdog(
                        settings.garbagePercent(), settings.garbageWindow(), GarbageWatchdog::collectedMillis)
                .start(() -> GarbageWatchdog.endProcess(settings.garbagePercent(), settings.garbageWindow()));
    }

    void stop(@Observes ShutdownEvent event) {
        watchdog.interrupt();
    }
}
