package dev.trainyard.trainer.imports;

import dev.trainyard.trainer.run.ImportCheck;
import java.time.Duration;

/** Creates checks like a trainer. */
public final class ImportChecks {
    static final CheckLimits LIMITS =
            new CheckLimits(Duration.ofMinutes(10), Duration.ofMinutes(2), 3L << 30, Duration.ofSeconds(2), 1L << 30);

    private ImportChecks() {}

    public static ImportCheck usual() {
        return new CheckProcess(LIMITS);
    }
}
