package dev.trainyard.worker;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Settings that trainer and predictor have in common. */
public interface WorkerSettings {

    Artifacts artifacts();

    Identity worker();

    /** Location of the artifact store, shared by all services. */
    interface Artifacts {
        @WithDefault(".trainyard/artifacts")
        Path dir();
    }

    /** Identity of this worker, for display. */
    interface Identity {
        /** Default: host name and process id. */
        Optional<String> name();
    }
}
