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
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link CrashJournal} whose process ended without closing it. It stays locked, so that only one predictor handles
 * it. It stays on disk until it is settled, so that another predictor can handle it if this one ends.
 */
final class DeadJournal implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final JournalHeader header;
    private final List<JournalEntry> entries;

    private DeadJournal(Path file, FileChannel channel, JournalHeader header, List<JournalEntry> entries) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.entries = entries;
    }

    /** All abandoned journals in {@code dir}. */
    static List<DeadJournal> find(Path dir) throws IOException {
        List<DeadJournal> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, CrashJournal.PREFIX + "*.bin")) {
            for (Path file : files) {
                open(file).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<DeadJournal> open(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // its process has just exited normally
        }
        if (!isLocked(channel)) {
            channel.close();
            return Optional.empty();
        }
        ByteBuffer whole = ByteBuffer.allocate((CrashJournal.SLOTS + 1) * CrashJournal.SLOT_BYTES);
        while (whole.hasRemaining() && channel.read(whole) >= 0) {
            // up to the end of the buffer or the file
        }
        JournalHeader header = JournalHeader.parse(text(whole, 0));
        List<JournalEntry> entries = new ArrayList<>();
        for (int slot = 1; slot <= CrashJournal.SLOTS; slot++) {
            int at = slot * CrashJournal.SLOT_BYTES;
            JournalEntry.parse(whole.getInt(at), text(whole, at + Integer.BYTES))
                    .ifPresent(entries::add);
        }
        return Optional.of(new DeadJournal(file, channel, header, entries));
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // belongs to another predictor in this JVM
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

    /** The threads that were in native code at the end. */
    List<JournalEntry> entries() {
        return entries;
    }

    /** The JVM's report of its fatal error; empty if the process ended otherwise. */
    Optional<ErrorFile> errorFile() throws IOException {
        for (Path path : header.errorFiles()) {
            Optional<ErrorFile> found = ErrorFile.read(path, header.openedAt());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    Instant endedAt() throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    /** Deletes the journal. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }

    /** Leaves the journal to the next start. */
    void keep() throws IOException {
        channel.close();
    }
}
