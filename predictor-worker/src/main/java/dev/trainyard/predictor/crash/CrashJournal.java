package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records which model each thread runs in native code, in a memory-mapped file. A write there needs no system call and
 * survives the process. A power failure may lose it, but then no model is to blame. The file is locked while its
 * process runs, and deleted on a normal exit.
 */
final class CrashJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CrashJournal.class);
    static final String PREFIX = "journal-";
    static final String OPENING = "opening-";
    /** More slots than a predictor has threads; a thread without a slot runs unrecorded. */
    static final int SLOTS = 128;

    static final int SLOT_BYTES = 1024;
    private static final int TEXT_AT = 2 * Integer.BYTES;

    private final Path file;
    private final FileChannel channel;
    private final MappedByteBuffer memory;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final ThreadLocal<Slot> slots = ThreadLocal.withInitial(this::claim);

    private CrashJournal(Path file, FileChannel channel, MappedByteBuffer memory) {
        this.file = file;
        this.channel = channel;
        this.memory = memory;
        for (int slot = SLOTS; slot >= 1; slot--) {
            free.push(slot);
        }
    }

    /** @throws IOException if the disk is full or {@code dir} is not writable */
    static CrashJournal open(Path dir, JournalHeader header) throws IOException {
        String name = ProcessHandle.current().pid() + "-" + UUID.randomUUID() + ".bin";
        // Under another name until it is locked, so that a predictor that starts meanwhile does not treat it as
        // abandoned.
        Path opening = dir.resolve(OPENING + name);
        Path file = dir.resolve(PREFIX + name);
        FileChannel channel = FileChannel.open(
                opening, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            channel.lock();
            // Written and not only mapped: on a full disk this fails here, and not by a signal at the first access.
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

    private synchronized Slot claim() {
        Integer number = free.poll();
        if (number == null) {
            LOG.warn("thread {} runs models unrecorded: all {} slots are taken", Thread.currentThread(), SLOTS);
            return new Slot(-1);
        }
        return new Slot(number * SLOT_BYTES);
    }

    /** Records that this thread is about to run {@code model} in native code, until {@link #leave}. */
    void enter(Phase phase, ModelIdentity model) {
        slots.get().write(phase, model);
    }

    void leave() {
        slots.get().clear();
    }

    /** The slot of one thread; the model is written only if it differs from the previous one. */
    private final class Slot {
        private final int at;
        private ModelIdentity last;

        Slot(int at) {
            this.at = at;
        }

        void write(Phase phase, ModelIdentity model) {
            if (at < 0) {
                return;
            }
            if (!model.equals(last)) {
                byte[] text = new JournalEntry(Thread.currentThread().getName(), phase, model)
                        .text()
                        .getBytes(StandardCharsets.UTF_8);
                int length = Math.min(text.length, SLOT_BYTES - TEXT_AT);
                memory.putInt(at + Integer.BYTES, length);
                memory.put(at + TEXT_AT, text, 0, length);
                last = model;
                VarHandle.storeStoreFence();
            }
            memory.putInt(at, phase.code());
            // the record must be in memory before the native code is entered
            VarHandle.fullFence();
        }

        void clear() {
            if (at >= 0) {
                memory.putInt(at, 0);
            }
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
