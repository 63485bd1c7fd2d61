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
    private static final List<String> FOLDERS = List.of("log", "run", "artifacts", "datasets", "state");
    /** What a fresh start deletes; the lock's folder stays. */
    private static final List<String> CONTENTS = List.of("log", "artifacts", "datasets", "state", "postgres", "kafka");

    private static final String LOCK = "run/launcher.lock";

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
        FileChannel channel = FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        if (held == null) {
            channel.close();
            throw new IOException(
                    "Trainyard runs already in %s. Stop it first, or give another --data-dir.".formatted(root));
        }
        return new DataDirectory(root, channel);
    }

    /**
     * As {@link #open}, for one that is going to be cleared.
     *
     * @throws IOException also if the folder holds files and was never Trainyard's; nothing is touched then
     */
    static DataDirectory openToClear(Path path) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        if (!Files.exists(root.resolve(LOCK)) && holdsAnything(root)) {
            throw new IOException("%s holds files that are not Trainyard's, and would be emptied. ".formatted(root)
                    + "Give another --data-dir: an empty folder, one that does not exist, or one of an earlier start.");
        }
        return open(root);
    }

    private static boolean holdsAnything(Path root) throws IOException {
        if (!Files.exists(root)) {
            return false;
        }
        try (Stream<Path> children = Files.list(root)) {
            return children.findAny().isPresent();
        }
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

    /** What services remember of themselves. */
    Path state() {
        return root.resolve("state");
    }

    Path datasets() {
        return root.resolve("datasets");
    }

    /** The environment variable by which its processes are known. */
    String mark() {
        return "TRAINYARD_DATA_DIR=" + root;
    }

    /** Deletes what an earlier start left, but for the lock's folder. */
    void clear() throws IOException {
        for (String folder : CONTENTS) {
            FileTree.delete(root.resolve(folder));
        }
        makeFolders(root);
    }

    private static void makeFolders(Path root) throws IOException {
        for (String folder : FOLDERS) {
            Files.createDirectories(root.resolve(folder));
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
