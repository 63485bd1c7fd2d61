package dev.trainyard.dataset;

import com.google.protobuf.ByteString;
import dev.trainyard.artifact.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Converts MNIST's NumPy archive to TFRecord shards; writes all of them or, on failure, nothing. */
public final class DatasetConverter {
    /** Name of the dataset in its manifest and of its folder. */
    public static final String MNIST = "mnist";

    private static final int RECORDS_PER_SHARD = 15_000;
    private static final Object ONE_AT_A_TIME = new Object();

    private DatasetConverter() {}

    /**
     * Converts {@code npz} into {@code outDir}, which appears with one rename. An existing dataset is replaced; a
     * folder with other files is refused.
     */
    public static DatasetManifest convert(Path npz, Path outDir) throws DatasetException {
        Path target = outDir.toAbsolutePath().normalize();
        try {
            return locked(target, () -> convertLocked(npz, target));
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(target, "the dataset cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Converts unless {@code outDir} already contains the complete dataset of the same archive. Safe for concurrent
     * calls from several processes.
     */
    public static DatasetManifest ensure(Path npz, Path outDir) throws DatasetException {
        Path target = outDir.toAbsolutePath().normalize();
        try {
            return locked(target, () -> fits(npz, target) ? DatasetManifest.read(target) : convertLocked(npz, target));
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(target, "the dataset cannot be written: " + e.getMessage(), e);
        }
    }

    private static boolean fits(Path npz, Path target) throws IOException {
        if (!Files.exists(target.resolve(DatasetManifest.FILE))) {
            return false;
        }
        DatasetManifest manifest = DatasetManifest.read(target);
        for (DatasetManifest.Shard shard : manifest.shards()) {
            Path file = target.resolve(shard.file());
            if (!Files.isRegularFile(file) || Files.size(file) != shard.bytes()) {
                return false;
            }
        }
        return manifest.sourceSha256().equals(ShardLoader.sha256(npz));
    }

    private static DatasetManifest convertLocked(Path npz, Path target) throws IOException {
        requireReplaceable(target);
        MnistNpz mnist = MnistNpz.read(npz);
        Path temp = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Files.createDirectories(temp);
        try {
            List<DatasetManifest.Shard> shards = new ArrayList<>();
            for (Split split : Split.values()) {
                shards.addAll(write(mnist.split(split), split, temp));
            }
            ImageDataset train = mnist.train();
            DatasetManifest manifest = new DatasetManifest(
                    MNIST,
                    ShardLoader.sha256(npz),
                    train.height(),
                    train.width(),
                    train.depth(),
                    MnistNpz.CLASSES,
                    shards);
            manifest.write(temp);
            FileTree.delete(target);
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
            return manifest;
        } finally {
            FileTree.delete(temp);
        }
    }

    private static List<DatasetManifest.Shard> write(ImageDataset images, Split split, Path folder) throws IOException {
        int count = Math.max(1, (images.size() + RECORDS_PER_SHARD - 1) / RECORDS_PER_SHARD);
        List<DatasetManifest.Shard> shards = new ArrayList<>();
        for (int shard = 0; shard < count; shard++) {
            int from = (int) ((long) images.size() * shard / count);
            int to = (int) ((long) images.size() * (shard + 1) / count);
            Path file = folder.resolve("%s-%05d-of-%05d.tfrecord".formatted(split.fileName(), shard, count));
            try (TFRecordWriter writer = TFRecordWriter.create(file)) {
                for (int i = from; i < to; i++) {
                    ByteString image = ByteString.copyFrom(images.pixels(), i * images.imageSize(), images.imageSize());
                    ImageExample example = new ImageExample(
                            image, images.labels()[i], images.height(), images.width(), images.depth());
                    writer.write(example.encode());
                }
            }
            shards.add(new DatasetManifest.Shard(
                    split, file.getFileName().toString(), to - from, Files.size(file), ShardLoader.sha256(file)));
        }
        return shards;
    }

    private static void requireReplaceable(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new DatasetException(target, "is a file; give a folder for the dataset");
        }
        try (Stream<Path> children = Files.list(target)) {
            if (!Files.exists(target.resolve(DatasetManifest.FILE))
                    && children.findAny().isPresent()) {
                throw new DatasetException(target, "holds other files; give a new or an empty folder for the dataset");
            }
        }
    }

    private static DatasetManifest locked(Path target, Conversion conversion) throws IOException {
        if (target.getFileName() == null) {
            throw new DatasetException(target, "cannot be a dataset's folder");
        }
        Files.createDirectories(target.getParent());
        Path lock = target.resolveSibling("." + target.getFileName() + ".lock");
        // The file lock excludes other processes, the monitor other threads of this one. The lock file is never
        // deleted: a process waiting on a deleted file would hold a lock that no other process sees.
        synchronized (ONE_AT_A_TIME) {
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock();
                return conversion.run();
            }
        }
    }

    private interface Conversion {
        DatasetManifest run() throws IOException;
    }
}
