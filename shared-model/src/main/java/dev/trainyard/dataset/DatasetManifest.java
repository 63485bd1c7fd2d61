package dev.trainyard.dataset;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.trainyard.artifact.FileArtifactStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a dataset's folder holds: {@code dataset.json} beside the shards.
 *
 * @param sourceSha256 of the file that was converted
 * @param height of every image, pixels
 * @param width of every image, pixels
 * @param depth channels of every image
 */
public record DatasetManifest(
        String name, String sourceSha256, int height, int width, int depth, int classes, List<Shard> shards) {
    static final String FILE = "dataset.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** One TFRecord file. */
    public record Shard(Split split, String file, int records, long bytes, String sha256) {}

    public DatasetManifest {
        shards = List.copyOf(shards);
    }

    /** SHA-256 over the digests of all shards in their order: equal exactly where the data are equal. */
    public String digest() {
        String digests = shards.stream()
                .map(shard -> shard.split().fileName() + " " + shard.sha256())
                .collect(Collectors.joining("\n"));
        return FileArtifactStore.sha256(digests.getBytes(StandardCharsets.UTF_8));
    }

    /** Number of images in {@code split}. */
    public int size(Split split) {
        return shards(split).stream().mapToInt(Shard::records).sum();
    }

    public List<Shard> shards(Split split) {
        return shards.stream().filter(shard -> shard.split() == split).toList();
    }

    /** Reads the manifest of the dataset in {@code folder}. */
    public static DatasetManifest read(Path folder) throws DatasetException {
        Path file = folder.resolve(FILE);
        try {
            return JSON.readValue(Files.readAllBytes(file), DatasetManifest.class);
        } catch (NoSuchFileException e) {
            throw new DatasetException(
                    folder, "holds no dataset; make one with ./trainyard dataset convert data/mnist.npz " + folder, e);
        } catch (IOException | RuntimeException e) {
            throw new DatasetException(file, "not a dataset's manifest: " + e.getMessage(), e);
        }
    }

    void write(Path folder) throws IOException {
        Files.write(folder.resolve(FILE), JSON.writeValueAsBytes(this));
    }

    /**
     * Reads all images of one split; every record's CRC, every shard's digest and the number of records are checked.
     *
     * @throws DatasetException with file and offset where something does not fit
     */
    public ImageDataset load(Path folder, Split split) throws DatasetException {
        return ShardLoader.load(this, folder, split);
    }
}
