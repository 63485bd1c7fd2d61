package dev.trainyard.gateway.app;

import dev.trainyard.gateway.runtime.GatewaySettings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/** Starts and stops the {@link GcOverheadWatchdog} with the gateway. */
@ApplicationScoped
class GcWatchdogLifecycle {
    private final GatewaySettings.Memory settings;
    private @Nullable Thread watchdog;

    GcWatchdogLifecycle(GatewaySettings settings) {
        this.settings = settings.memory();
    }

    void start(@Observes StartupEvent event) {
        watchdog = new GcOverheadWatchdog(
                        settings.garbagePercent(), settings.garbageWindow(), GcOverheadWatchdog::collectedMillis)
                .start(() -> GcOverheadWatchdog.endProcess(settings.garbagePercent(), settings.garbageWindow()));
    }

    void stop(@Observes ShutdownEvent event) {
        if (watchdog != null) {
            watchdog.interrupt();
        }
    }
}
