package dev.trainyard.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
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
import org.jspecify.annotations.Nullable;

/**
 * Manifest of a dataset's folder, {@code dataset.json} next to the shards.
 *
 * @param v format version; null means 1 and is not written, because earlier releases reject unknown fields
 * @param sourceSha256 SHA-256 of the converted file
 * @param height height of each image, in pixels
 * @param width width of each image, in pixels
 * @param depth channels of each image
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DatasetManifest(
        @Nullable Integer v,
        String name,
        String sourceSha256,
        int height,
        int width,
        int depth,
        int classes,
        List<Shard> shards) {
    public static final String FILE = "dataset.json";
    static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            // tolerates fields of the next release; incompatible formats have a later version
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** One TFRecord file. */
    public record Shard(Split split, String file, int records, long bytes, String sha256) {}

    public DatasetManifest {
        shards = List.copyOf(shards);
    }

    DatasetManifest(
            String name, String sourceSha256, int height, int width, int depth, int classes, List<Shard> shards) {
        this(null, name, sourceSha256, height, width, depth, classes, shards);
    }

    /** SHA-256 over the digests of all shards in order; equal if and only if the data are equal. */
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
            byte[] json = Files.readAllBytes(file);
            int version = JSON.readTree(json).path("v").asInt(VERSION);
            if (version > VERSION + 1) {
                throw new DatasetException(
                        file,
                        "is of version %d and this release reads up to %d: upgrade this service"
                                .formatted(version, VERSION + 1));
            }
            return JSON.readValue(json, DatasetManifest.class);
        } catch (DatasetException e) {
            throw e;
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
     * Reads all images of one split and checks record CRCs, shard digests and the number of records.
     *
     * @throws DatasetException with file and offset of the problem
     */
    public ImageDataset load(Path folder, Split split) throws DatasetException {
        return ShardLoader.load(this, folder, split);
    }
}
