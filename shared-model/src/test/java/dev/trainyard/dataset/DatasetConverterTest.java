package dev.trainyard.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetConverterTest {
    private static final Path NPZ = Path.of("../data/mnist.npz");

    @TempDir
    Path folder;

    @Test
    void theShardsHoldExactlyTheArchive() throws Exception {
        Path out = folder.resolve("mnist");
        DatasetManifest manifest = DatasetConverter.convert(NPZ, out);
        MnistNpz mnist = MnistNpz.read(NPZ);
        for (Split split : Split.values()) {
            ImageDataset read = DatasetManifest.read(out).load(out, split);
            assertThat(read.pixels()).isEqualTo(mnist.split(split).pixels());
            assertThat(read.labels()).isEqualTo(mnist.split(split).labels());
        }
        assertThat(manifest.size(Split.TRAIN)).isEqualTo(60_000);
        assertThat(manifest.size(Split.TEST)).isEqualTo(10_000);
        assertThat(DatasetConverter.convert(NPZ, out).digest()).isEqualTo(manifest.digest());
    }

    @Test
    void onlyIncompleteDatasetsAreConvertedAgain() throws Exception {
        Path out = folder.resolve("mnist");
        DatasetConverter.ensure(NPZ, out);
        Path shard = out.resolve(DatasetManifest.read(out).shards().get(0).file());
        var first = Files.getLastModifiedTime(shard);
        DatasetConverter.ensure(NPZ, out);
        assertThat(Files.getLastModifiedTime(shard)).isEqualTo(first);
        Files.delete(shard);
        DatasetConverter.ensure(NPZ, out);
        assertThat(shard).exists();
    }

    @Test
    void aFolderWithOtherFilesIsNotChanged() throws Exception {
        Path other = Files.writeString(folder.resolve("letter.txt"), "mine");
        assertThatThrownBy(() -> DatasetConverter.convert(NPZ, folder)).hasMessageContaining("holds other files");
        assertThat(other).hasContent("mine");
    }

    @Test
    void aBadArchiveLeavesNothingBehind() throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.npz"), "not a zip");
        assertThatThrownBy(() -> DatasetConverter.convert(bad, folder.resolve("out")))
                .isInstanceOf(DatasetException.class);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
