package dev.trainyard.artifact;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temp files of artifact writes, all in one folder, so that files left by killed writers are found without walking the
 * store.
 */
final class TempFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TempFiles.class);
    /** The writer of a temp file of this age was killed, or was frozen and has lost its run. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path folder;

    TempFiles(Path root) {
        this.folder = root.resolve("tmp");
    }

    /** Returns a unique temp file name. */
    Path next(Path target) throws IOException {
        Files.createDirectories(folder);
        return folder.resolve(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Deletes temp files an hour or more older than {@code fresh}. Both times come from the file system, so that a
     * wrong local clock does not delete files in use by another machine.
     */
    void deleteAbandoned(Path fresh) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.tmp")) {
            Instant now = Files.getLastModifiedTime(fresh).toInstant();
            for (Path file : files) {
                deleteIfOlder(file, FileTime.from(now.minus(ABANDONED)));
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("{} cannot be cleaned up: {}", folder, e.toString()); // the write itself may still succeed
        }
    }

    private static void deleteIfOlder(Path file, FileTime limit) {
        try {
            if (Files.getLastModifiedTime(file).compareTo(limit) < 0 && Files.deleteIfExists(file)) {
                LOG.info("deleted {}, left by a dead writer", file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} was completed or deleted concurrently", file);
        } catch (IOException e) {
            LOG.warn("{}, left by a dead writer, cannot be deleted: {}", file, e.toString());
        }
    }
}
