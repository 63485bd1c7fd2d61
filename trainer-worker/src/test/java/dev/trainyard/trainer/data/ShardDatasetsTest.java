package dev.trainyard.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.dataset.DatasetException;
import dev.trainyard.trainer.run.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardDatasetsTest {
    @TempDir
    Path directory;

    @Test
    void shardsThatAreMissingAreMadeFromTheArchiveAndKept() throws Exception {
        ShardDatasets datasets = new ShardDatasets(directory, Optional.of(Digits.NPZ));
        TrainingData first = datasets.load("MnistDataset");
        assertThat(first.train().size()).isEqualTo(60_000);
        assertThat(first.test().size()).isEqualTo(10_000);
        assertThat(first.test().pixels()).startsWith(Digits.test(5).pixels());
        assertThat(datasets.load("MnistDataset")).isSameAs(first);
        assertThat(new ShardDatasets(directory, Optional.empty())
                        .load("MnistDataset")
                        .digest())
                .isEqualTo(first.digest());
    }

    @Test
    void aDatasetThatIsNotThereIsNamedWithTheCommandThatMakesIt() {
        assertThatThrownBy(() -> new ShardDatasets(directory, Optional.empty()).load("MnistDataset"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("dataset convert");
        assertThatThrownBy(() -> new ShardDatasets(directory, Optional.empty()).load("DogDataset"))
                .hasMessageContaining("DogDataset");
    }

    @Test
    void aDamagedShardIsNotTrainedOn() throws Exception {
        new ShardDatasets(directory, Optional.of(Digits.NPZ)).load("MnistDataset");
        Path shard = directory.resolve("mnist/test-00000-of-00001.tfrecord");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length / 2] ^= 1;
        Files.write(shard, bytes);
        assertThatThrownBy(() -> new ShardDatasets(directory, Optional.empty()).load("MnistDataset"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("test-00000-of-00001.tfrecord");
    }
}
