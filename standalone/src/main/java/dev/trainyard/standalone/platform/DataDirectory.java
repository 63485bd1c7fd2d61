package dev.trainyard.standalone.platform;

import dev.trainyard.artifact.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The folder of all persistent data, locked by one launcher at a time. */
public final class DataDirectory implements AutoCloseable {
    private static final List<String> FOLDERS =
            List.of("log", "run", "artifacts", "datasets", "state", "postgres", "kafka");
    /** Folders that a clean start deletes; the folder of the lock is kept. */
    private static final List<String> CONTENTS = List.of("log", "artifacts", "datasets", "state", "postgres", "kafka");

    /** Other users must not read models, jobs and the database, or write files that the processes read. */
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private static final String LOCK = "run/launcher.lock";

    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** @throws IOException if the folder cannot be created, or another launcher holds its lock */
    public static DataDirectory open(Path path) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        boolean isTrainyardFolder = Files.exists(root.resolve(LOCK)) || !isNonEmpty(root);
        makeFolders(root);
        if (isTrainyardFolder) {
            restrictAccess(root); // a folder with other contents keeps the mode that its owner chose
        }
        FileChannel channel = FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock acquired = channel.tryLock();
        if (acquired == null) {
            channel.close();
            throw new IOException(
                    "Trainyard is already running in %s. Stop it first, or choose another --data-dir.".formatted(root));
        }
        return new DataDirectory(root, channel);
    }

    /**
     * Like {@link #open}, for a folder that is about to be cleared.
     *
     * @throws IOException also if the folder contains files and was never used by Trainyard; nothing is changed then
     */
    static DataDirectory openToClear(Path path) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        if (!Files.exists(root.resolve(LOCK)) && isNonEmpty(root)) {
            throw new IOException(
                    "%s contains files that do not belong to Trainyard and would be deleted. ".formatted(root)
                            + "Choose another --data-dir: an empty folder, one that does not exist, or one of an earlier start.");
        }
        return open(root);
    }

    private static boolean isNonEmpty(Path root) throws IOException {
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

    /** State that services keep across restarts. */
    Path state() {
        return root.resolve("state");
    }

    Path datasets() {
        return root.resolve("datasets");
    }

    /** Environment variable that identifies the processes of this folder. */
    String marker() {
        return "TRAINYARD_DATA_DIR=" + root;
    }

    /** Deletes the data of earlier starts, except the folder of the lock. */
    void clear() throws IOException {
        for (String folder : CONTENTS) {
            FileTree.delete(root.resolve(folder));
        }
        makeFolders(root);
    }

    private static void makeFolders(Path root) throws IOException {
        Files.createDirectories(root, PosixFilePermissions.asFileAttribute(PRIVATE));
        for (String folder : FOLDERS) {
            Files.createDirectories(root.resolve(folder), PosixFilePermissions.asFileAttribute(PRIVATE));
            restrictAccess(root.resolve(folder));
        }
    }

    /** Removes other users' access to folders that an earlier version or the user created with it. */
    private static void restrictAccess(Path folder) throws IOException {
        if (PRIVATE.containsAll(Files.getPosixFilePermissions(folder))) {
            return;
        }
        try {
            Files.setPosixFilePermissions(folder, PRIVATE);
        } catch (IOException e) {
            throw new IOException(
                    "%s is open to other users and cannot be closed to them (%s). Choose another --data-dir, or set its owner and mode 0700."
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
