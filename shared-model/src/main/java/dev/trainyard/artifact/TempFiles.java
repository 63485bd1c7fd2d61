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
 * The folder where artifacts are written before they are whole. All lie in one folder, so that what a killed writer left
 * is found without a walk through the store.
 */
final class TempFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TempFiles.class);
    /** A writer that has been at one file for so long was killed, or frozen and has lost its run. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path folder;

    TempFiles(Path root) {
        this.folder = root.resolve("tmp");
    }

    /** A name that nobody else writes under. */
    Path next(Path target) throws IOException {
        Files.createDirectories(folder);
        return folder.resolve(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Deletes what was left an hour or more before {@code fresh} was made. Both times are the file system's, so a wrong
     * clock on this machine deletes nothing that another is writing.
     */
    void deleteAbandoned(Path fresh) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.tmp")) {
            Instant now = Files.getLastModifiedTime(fresh).toInstant();
            for (Path file : files) {
                deleteIfOlder(file, FileTime.from(now.minus(ABANDONED)));
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("{} cannot be tidied: {}", folder, e.toString()); // no reason not to write what is to be written
        }
    }

    private static void deleteIfOlder(Path file, FileTime limit) {
        try {
            if (Files.getLastModifiedTime(file).compareTo(limit) < 0 && Files.deleteIfExists(file)) {
                LOG.info("deleted {}, which a writer that died had left", file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is whole by now, or deleted by another", file);
        } catch (IOException e) {
            LOG.warn("{} was left by a writer that died and cannot be deleted: {}", file, e.toString());
        }
    }
}
