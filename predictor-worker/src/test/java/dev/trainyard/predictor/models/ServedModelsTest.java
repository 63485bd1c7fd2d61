package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.predictor.OnnxModels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServedModelsTest {
    private final ServedModels models = new ServedModels();

    @AfterEach
    void close() {
        models.close();
    }

    @Test
    void aModelThatIsSwappedRunsOnUntilItsLastUserIsDone() throws Exception {
        models.serve(version(1));
        LoadedModel first = models.acquire("M").orElseThrow();
        LoadedModel again = models.acquire("M").orElseThrow();

        models.serve(version(2));

        assertThat(models.acquire("M").orElseThrow().version()).isEqualTo(2);
        again.release();
        assertThat(first.run(LoadedModel.imageBuffer(1), 1)).hasSize(10);
        first.release();
        assertThatThrownBy(() -> first.run(LoadedModel.imageBuffer(1), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(first.use()).isFalse();
    }

    @Test
    void aModelThatIsRemovedIsServedNoMore() throws Exception {
        models.serve(version(1));
        LoadedModel removed = models.acquire("M").orElseThrow();
        removed.release();

        models.remove("M");

        assertThat(models.acquire("M")).isEmpty();
        assertThat(models.version("M")).isZero();
        assertThatThrownBy(() -> removed.run(LoadedModel.imageBuffer(1), 1)).hasMessageContaining("closed");
    }

    @Test
    void eachNameHasItsOwnModel() throws Exception {
        models.serve(version(1));
        models.serve(LoadedModel.load("Other", 7, OnnxModels.thatAlwaysAnswers(0)));

        models.remove("M");

        assertThat(models.version("Other")).isEqualTo(7);
    }

    private static LoadedModel version(int version) throws UnusableModelException {
        return LoadedModel.load("M", version, OnnxModels.thatAlwaysAnswers(version));
    }
}
