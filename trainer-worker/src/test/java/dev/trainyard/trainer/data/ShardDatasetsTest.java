package dev.trainyard.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.dataset.DatasetException;
import dev.trainyard.engine.Digits;
import dev.trainyard.trainer.run.TrainingData;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardDatasetsTest {
    /** A folder with MNIST's shards, which take a second to write. */
    @TempDir
    static Path converted;

    private static ShardDatasets datasets;
    private static TrainingData first;

    @TempDir
    Path directory;

    @BeforeAll
    static void convert() throws Exception {
        datasets = new ShardDatasets(converted, Optional.of(Digits.NPZ));
        first = datasets.load("MnistDataset");
    }

    @Test
    void missingShardsAreConvertedFromTheArchiveAndStored() throws Exception {
        assertThat(first.train().size()).isEqualTo(60_000);
        assertThat(first.test().size()).isEqualTo(10_000);
        assertThat(first.test().pixels()).startsWith(Digits.test(5).pixels());
        assertThat(datasets.load("MnistDataset")).isSameAs(first);
        assertThat(new ShardDatasets(converted, Optional.empty())
                        .load("MnistDataset")
                        .digest())
                .isEqualTo(first.digest());
    }

    @Test
    void aMissingDatasetIsReportedWithTheCommandThatConvertsIt() {
        assertThatThrownBy(() -> new ShardDatasets(directory, Optional.empty()).load("MnistDataset"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("dataset convert");
        assertThatThrownBy(() -> new ShardDatasets(directory, Optional.empty()).load("DogDataset"))
                .hasMessageContaining("DogDataset");
    }

    @Test
    void aDamagedShardIsRejected() throws Exception {
        Path copy = Files.createDirectory(directory.resolve("mnist"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(converted.resolve("mnist"))) {
            for (Path file : files) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        Path shard = directory.resolve("mnist/test-00000-of-00001.tfrecord");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length / 2] ^= 1;
        Files.write(shard, bytes);
        assertThatThrownBy(() -> new ShardDatasets(directory, Optional.empty()).load("MnistDataset"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("test-00000-of-00001.tfrecord");
    }
}
