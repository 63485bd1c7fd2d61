package dev.trainyard.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private static final NetworkSpec SPEC =
            new NetworkSpec(new ImageShape(1, 8, 8), List.of(new LayerSpec.Flatten(), new LayerSpec.SoftmaxOutput(2)));

    private final Named vector = new Named("vector");
    private final Named dl4j = new Named("dl4j");
    private final Engines engines = new Engines(List.of(dl4j, vector), List.of("vector", "dl4j"));

    @Test
    void theFirstReadyEngineIsUsed() {
        assertThat(engines.choose(null, SPEC)).isSameAs(vector);
        assertThat(new Engines(List.of(dl4j, vector), List.of("dl4j")).choose(null, SPEC))
                .isSameAs(dl4j);
    }

    @Test
    void missingUnreadyAndUnsupportingEnginesAreSkipped() {
        assertThat(new Engines(List.of(dl4j), List.of("vector", "dl4j")).choose(null, SPEC))
                .isSameAs(dl4j);
        vector.supports = false;
        assertThat(engines.choose(null, SPEC)).isSameAs(dl4j);
        vector.supports = true;
        vector.problem = "needs --add-modules";
        assertThat(engines.choose(null, SPEC)).isSameAs(dl4j);
        engines.requireReady();
        dl4j.problem = "needs the oneDNN binary";
        assertThatThrownBy(() -> engines.choose(null, SPEC))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("--add-modules")
                .hasMessageContaining("oneDNN");
        assertThatThrownBy(engines::requireReady).hasMessageContaining("oneDNN");
    }

    @Test
    void aRequiredEngineIsNeverReplaced() {
        assertThat(engines.choose("dl4j", SPEC)).isSameAs(dl4j);
        dl4j.problem = "needs the oneDNN binary";
        assertThatThrownBy(() -> engines.choose("dl4j", SPEC)).hasMessageContaining("oneDNN");
        vector.supports = false;
        assertThatThrownBy(() -> engines.choose("vector", SPEC))
                .hasMessageContaining("lacks a layer of this network, or the memory");
        assertThatThrownBy(() -> engines.choose("libtorch", SPEC))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("libtorch is not installed on this worker (it has dl4j, vector)");
    }

    @Test
    void aCheckpointBelongsToTheEngineThatWroteIt() {
        assertThat(engines.writerOf(bytes("TYDL4J02..."))).containsSame(dl4j);
        assertThat(engines.writerOf(bytes("TYVECTOR01..."))).containsSame(vector);
        assertThat(engines.writerOf(bytes("garbage"))).isEmpty();
        assertThatThrownBy(() -> engines.writerOf(bytes("TYLIBTORCH01...")))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("written by the engine libtorch, which this worker lacks (it has dl4j, vector)");
        dl4j.problem = "needs the oneDNN binary";
        assertThatThrownBy(() -> engines.writerOf(bytes("TYDL4J02..."))).hasMessageContaining("oneDNN");
    }

    @Test
    void enginesOnTheClassPathAreFound() {
        assertThat(Engines.found(List.of("dl4j"), 1).choose(null, SPEC)).isInstanceOf(Dl4jEngine.class);
        assertThat(Engines.found(List.of("dl4j"), 1).choose("vector", SPEC).name())
                .startsWith("vector ");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final class Named implements TrainingEngine {
        private final String id;
        private boolean supports = true;
        private String problem;

        Named(String id) {
            this.id = id;
        }

        @Override
        public String name() {
            return id + " 1.0";
        }

        @Override
        public boolean supports(NetworkSpec spec) {
            return supports;
        }

        @Override
        public void requireReady() {
            if (problem != null) {
                throw new EngineUnavailableException(problem);
            }
        }

        @Override
        public EngineRun start(NetworkSpec spec, TrainArgs args) {
            throw new UnsupportedOperationException();
        }

        @Override
        public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
            throw new UnsupportedOperationException();
        }
    }
}
