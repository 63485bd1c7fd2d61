package dev.trainyard.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.DamagedArtifactException;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.DatasetConverter;
import dev.trainyard.dataset.DatasetException;
import dev.trainyard.engine.Digits;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetDownloadTest {
    @TempDir
    Path shared;

    @TempDir
    Path machine;

    private DatasetDownload download;

    @BeforeEach
    void open() {
        download = new DatasetDownload(new FileArtifactStore(shared));
    }

    @Test
    void anEmptyMachineCopiesTheDatasetOnce() throws Exception {
        DatasetConverter.convert(Digits.NPZ, shared.resolve("mnist"));
        ShardDatasets datasets = new ShardDatasets(machine, Optional.empty(), Optional.of(download));
        datasets.prepare();
        assertThat(machine).isDirectoryContaining("glob:**/mnist");
        assertThat(datasets.load("MnistDataset").train().size()).isEqualTo(60_000);
        Files.delete(shared.resolve("mnist/dataset.json"));
        datasets.prepare();
        assertThat(machine.toFile().list()).containsExactly("mnist");
    }

    @Test
    void aDamagedShardIsNotUsed() throws Exception {
        DatasetConverter.convert(Digits.NPZ, shared.resolve("mnist"));
        Path shard;
        try (var files = Files.list(shared.resolve("mnist"))) {
            shard = files.filter(file -> !file.endsWith("dataset.json"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length / 2] ^= 1;
        Files.write(shard, bytes);
        assertThatThrownBy(() -> download.ensure("mnist", machine.resolve("mnist")))
                .isInstanceOf(DamagedArtifactException.class);
        assertThat(machine).isEmptyDirectory();
    }

    @Test
    void aManifestCannotNameFilesOutsideOfItsFolder() throws Exception {
        Files.createDirectory(shared.resolve("mnist"));
        Files.writeString(shared.resolve("mnist/dataset.json"), """
                {"name":"x","source_sha256":"00","height":28,"width":28,"depth":1,"classes":10,
                 "shards":[{"split":"TRAIN","file":"../escaped","records":1,"bytes":1,"sha256":"00"}]}""");
        assertThatThrownBy(() -> download.ensure("mnist", machine.resolve("mnist")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("outside");
        assertThat(machine).isEmptyDirectory();
    }

    @Test
    void aMissingDatasetIsNoFault() throws Exception {
        assertThatThrownBy(() -> download.ensure("mnist", machine.resolve("mnist")))
                .isInstanceOf(NoSuchFileException.class);
        new ShardDatasets(machine, Optional.empty(), Optional.of(download)).prepare();
        assertThat(machine).isEmptyDirectory();
    }
}
