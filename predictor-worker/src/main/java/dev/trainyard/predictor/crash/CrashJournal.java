package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in a memory-mapped file which model each thread runs in native code. The mapping survives the process
 * without a system call per entry; it may be lost in a power failure, where no model is the cause. The file is locked
 * while its process runs and deleted at a regular end.
 */
final class CrashJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CrashJournal.class);
    static final String PREFIX = "journal-";
    static final String OPENING = "opening-";
    /** Exceeds the number of threads of a predictor. A thread without a slot runs unrecorded until one is free. */
    static final int SLOTS = 128;

    static final int SLOT_BYTES = 1024;
    private static final int TEXT_AT = 2 * Integer.BYTES;
    /**
     * Offset of the time of the slot's last entry. The latest of all slots is the last time when the process was known
     * to run.
     */
    static final int TIME_AT = SLOT_BYTES - Long.BYTES;

    private final Path file;
    private final FileChannel channel;
    private final MappedByteBuffer memory;
    /** Owner of each slot; slots of ended threads are reused. */
    private final List<WeakReference<Thread>> owners = new ArrayList<>(Collections.nCopies(SLOTS, null));

    private final ThreadLocal<Slot> slots = new ThreadLocal<>();
    private boolean warned;

    private CrashJournal(Path file, FileChannel channel, MappedByteBuffer memory) {
        this.file = file;
        this.channel = channel;
        this.memory = memory;
    }

    /** @throws IOException if the disk is full, or {@code dir} is not writable */
    static CrashJournal open(Path dir, JournalHeader header) throws IOException {
        String name = ProcessHandle.current().pid() + "-" + UUID.randomUUID() + ".bin";
        // Uses another name until the file is locked, so that another predictor starting meanwhile does not mistake it
        // for an orphan.
        Path opening = dir.resolve(OPENING + name);
        Path file = dir.resolve(PREFIX + name);
        FileChannel channel = FileChannel.open(
                opening, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            channel.lock();
            // Written instead of only mapped: on a full disk this fails here rather than by a signal at the first
            // access.
            ByteBuffer whole = ByteBuffer.allocate((SLOTS + 1) * SLOT_BYTES);
            byte[] text = header.text().getBytes(StandardCharsets.UTF_8);
            whole.putInt(Math.min(text.length, SLOT_BYTES - Integer.BYTES))
                    .put(text, 0, Math.min(text.length, SLOT_BYTES - Integer.BYTES));
            whole.position(0);
            while (whole.hasRemaining()) {
                channel.write(whole);
            }
            Files.move(opening, file, StandardCopyOption.ATOMIC_MOVE);
            return new CrashJournal(file, channel, channel.map(FileChannel.MapMode.READ_WRITE, 0, whole.capacity()));
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(opening);
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Returns null if all slots belong to running threads. */
    private synchronized @Nullable Slot claim() {
        for (int i = 0; i < SLOTS; i++) {
            Thread owner = owners.get(i) == null ? null : owners.get(i).get();
            if (owner == null || !owner.isAlive()) {
                owners.set(i, new WeakReference<>(Thread.currentThread()));
                return new Slot((i + 1) * SLOT_BYTES);
            }
        }
        if (!warned) {
            warned = true;
            LOG.warn("thread {} runs models unrecorded: all {} slots are in use", Thread.currentThread(), SLOTS);
        }
        return null;
    }

    /**
     * Records that this thread runs {@code model} in native code until {@link #leave}.
     *
     * @param alone true if no other model runs at the same time, because this one is a suspect
     * @param millis current time
     */
    void enter(Phase phase, ModelIdentity model, boolean alone, long millis) {
        Slot slot = slots.get();
        if (slot == null) {
            slot = claim();
            slots.set(slot);
        }
        if (slot != null) {
            slot.write(phase, model, alone, millis);
        }
    }

    void leave() {
        Slot slot = slots.get();
        if (slot != null) {
            slot.clear();
        }
    }

    /** Entry of one thread. The model is only rewritten when it changes. */
    private final class Slot {
        private final int at;
        private @Nullable ModelIdentity last;

        Slot(int at) {
            this.at = at;
        }

        void write(Phase phase, ModelIdentity model, boolean alone, long millis) {
            if (!model.equals(last)) {
                byte[] text = new JournalEntry(Thread.currentThread().getName(), phase, model, alone)
                        .text()
                        .getBytes(StandardCharsets.UTF_8);
                int length = Math.min(text.length, TIME_AT - TEXT_AT);
                memory.putInt(at + Integer.BYTES, length);
                memory.put(at + TEXT_AT, text, 0, length);
                last = model;
                VarHandle.storeStoreFence();
            }
            memory.putLong(at + TIME_AT, millis);
            memory.putInt(at, JournalEntry.code(phase, alone));
            // the mark must be in memory before native code is entered
            VarHandle.fullFence();
        }

        void clear() {
            memory.putInt(at, 0);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays: {}", file, e.toString());
        }
    }
}
