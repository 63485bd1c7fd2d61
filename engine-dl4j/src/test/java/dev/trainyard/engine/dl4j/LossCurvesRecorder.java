package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.LossCurves;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Not a test: records DL4J's loss curves, to which the contract compares each engine. */
@EnabledIfSystemProperty(
        named = "trainyard.record-curves",
        matches = "true",
        disabledReason = "it writes a file of the source tree; run it with -Dtrainyard.record-curves=true")
class LossCurvesRecorder {
    @Test
    void record() throws IOException {
        LossCurves.record(new Dl4jEngine(), Path.of("../engine-api/src/test/resources"));
    }
}
