package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link CrashJournal} whose process ended without closing it. It stays locked, so that only one predictor processes
 * it, and remains on disk until it is closed, so that it survives a crash of that predictor.
 */
final class OrphanedJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedJournal.class);

    private final Path file;
    private final FileChannel channel;
    private final JournalHeader header;
    private final List<JournalEntry> entries;
    private final Instant endedAt;
    private @Nullable Path usedErrorFile;

    private OrphanedJournal(
            Path file, FileChannel channel, JournalHeader header, List<JournalEntry> entries, Instant endedAt) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.entries = entries;
        this.endedAt = endedAt;
    }

    /** Returns all orphaned journals in {@code dir}. */
    static List<OrphanedJournal> find(Path dir) throws IOException {
        List<OrphanedJournal> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, CrashJournal.PREFIX + "*.bin")) {
            for (Path file : files) {
                try {
                    open(file).ifPresent(found::add);
                } catch (IOException e) {
                    LOG.error("{} cannot be read and is left", file, e);
                }
            }
        }
        return found;
    }

    private static Optional<OrphanedJournal> open(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // its process has just ended regularly
        }
        OrphanedJournal journal = null;
        try {
            journal = isLocked(channel) ? read(file, channel) : null;
        } catch (RuntimeException e) {
            LOG.error("{} is damaged and is deleted", file, e);
            Files.deleteIfExists(file);
        } finally {
            if (journal == null) {
                channel.close();
            }
        }
        return Optional.ofNullable(journal);
    }

    private static OrphanedJournal read(Path file, FileChannel channel) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate((CrashJournal.SLOTS + 1) * CrashJournal.SLOT_BYTES);
        while (whole.hasRemaining() && channel.read(whole) >= 0) {
            // reads until the buffer is full or the file ends
        }
        JournalHeader header = JournalHeader.parse(text(whole, 0));
        List<JournalEntry> entries = new ArrayList<>();
        // the kernel does not update it for each write to mapped memory, so it may be earlier than the last write
        Instant endedAt = Files.getLastModifiedTime(file).toInstant();
        for (int slot = 1; slot <= CrashJournal.SLOTS; slot++) {
            int at = slot * CrashJournal.SLOT_BYTES;
            JournalEntry.parse(whole.getInt(at), text(whole, at + Integer.BYTES))
                    .ifPresent(entries::add);
            Instant entered = Instant.ofEpochMilli(whole.getLong(at + CrashJournal.TIME_AT));
            endedAt = entered.isAfter(endedAt) ? entered : endedAt;
        }
        return new OrphanedJournal(file, channel, header, entries, endedAt);
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // locked by another predictor in this JVM
        }
    }

    private static String text(ByteBuffer whole, int at) {
        int room = CrashJournal.SLOT_BYTES - at % CrashJournal.SLOT_BYTES - Integer.BYTES;
        int length = Math.max(0, Math.min(whole.getInt(at), room));
        return new String(whole.array(), at + Integer.BYTES, length, StandardCharsets.UTF_8);
    }

    String predictor() {
        return header.predictor();
    }

    /** Threads in native code at the end. */
    List<JournalEntry> entries() {
        return entries;
    }

    /** The JVM's error file; empty if the process ended otherwise. */
    Optional<JvmErrorFile> errorFile() throws IOException {
        for (Path path : header.errorFiles()) {
            Optional<JvmErrorFile> found = JvmErrorFile.read(path, header.openedAt(), header.library());
            if (found.isPresent()) {
                usedErrorFile = path;
                return found;
            }
        }
        return Optional.empty();
    }

    /** Last time when the process was known to run; while models run this is moments before the end. */
    Instant endedAt() {
        return endedAt;
    }

    /** Deletes the journal and renames its error file, so that the file is not used again. */
    @Override
    public void close() throws IOException {
        try {
            if (usedErrorFile != null) {
                Files.move(
                        usedErrorFile,
                        usedErrorFile.resolveSibling(usedErrorFile.getFileName() + "-read-" + endedAt.toEpochMilli()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted meanwhile", usedErrorFile);
        } finally {
            Files.deleteIfExists(file);
            channel.close();
        }
    }

    /** Closes the journal without deleting it, for the next start. */
    void leave() throws IOException {
        channel.close();
    }
}
