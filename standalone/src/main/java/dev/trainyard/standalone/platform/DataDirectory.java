package dev.trainyard.standalone.platform;

import dev.trainyard.artifact.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** All that is persistent, held by one launcher at a time. */
public final class DataDirectory implements AutoCloseable {
    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** @throws IOException if it cannot be made, or another launcher holds it */
    public static DataDirectory open(Path path) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        makeFolders(root);
        FileChannel channel = FileChannel.open(
                root.resolve("run/launcher.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        if (held == null) {
            channel.close();
            throw new IOException(
                    "Trainyard runs already in %s. Stop it first, or give another --data-dir.".formatted(root));
        }
        return new DataDirectory(root, channel);
    }

    public Path root() {
        return root;
    }

    Path logs() {
        return root.resolve("log");
    }

    Path run() {
        return root.resolve("run");
    }

    Path artifacts() {
        return root.resolve("artifacts");
    }

    Path datasets() {
        return root.resolve("datasets");
    }

    /** The environment variable by which its processes are known. */
    String mark() {
        return "TRAINYARD_DATA_DIR=" + root;
    }

    /** Deletes everything in it but the lock's folder. */
    void clear() throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            for (Path child : children.filter(child -> !child.equals(run())).toList()) {
                FileTree.delete(child);
            }
        }
        makeFolders(root);
    }

    private static void makeFolders(Path root) throws IOException {
        for (String folder : List.of("log", "run", "artifacts", "datasets")) {
            Files.createDirectories(root.resolve(folder));
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
