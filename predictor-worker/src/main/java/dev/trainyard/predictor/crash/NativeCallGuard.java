package dev.trainyard.predictor.crash;

import dev.trainyard.message.ModelQuarantine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards model runs in native code, which may crash the process: each call is recorded in a file that survives a
 * crash, from which the next start determines the model that caused it. Thread-safe; calls must not nest.
 */
public final class NativeCallGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeCallGuard.class);

    private final @Nullable CrashJournal journal;
    private final @Nullable CrashRecovery recovery;
    private final Map<String, Instant> suspects;
    private final List<ModelQuarantine> local;
    private final Clock clock;
    /** A suspect holds the write lock; null if there are no suspects, which is the normal case. */
    private final @Nullable ReadWriteLock turns;

    private NativeCallGuard(
            @Nullable CrashJournal journal,
            @Nullable CrashRecovery recovery,
            Map<String, Instant> suspects,
            List<ModelQuarantine> local,
            Clock clock) {
        this.journal = journal;
        this.recovery = recovery;
        this.suspects = suspects;
        this.local = local;
        this.clock = clock;
        this.turns = suspects.isEmpty() ? null : new ReentrantReadWriteLock(true);
    }

    /** Returns a guard that records nothing. */
    public static NativeCallGuard unrecorded() {
        return new NativeCallGuard(null, null, Map.of(), List.of(), Clock.systemUTC());
    }

    /**
     * Opens a guard that records in {@code dir}, a persistent folder that predictors of one machine may share. If it
     * is not writable, models run unrecorded.
     *
     * @param predictor name of this predictor
     */
    public static NativeCallGuard open(Path dir, String predictor, Clock clock) {
        CrashRecovery recovery = new CrashRecovery(dir);
        try {
            Files.createDirectories(dir);
            recovery.read();
            Map<String, Instant> suspects = recovery.suspects(clock.instant());
            List<ModelQuarantine> local = recovery.localQuarantines(clock.instant());
            CrashJournal journal = CrashJournal.open(dir, JournalHeader.ofThisProcess(predictor, clock.instant()));
            return new NativeCallGuard(journal, recovery, suspects, local, clock);
        } catch (IOException e) {
            LOG.error("a model that ends this process will not be known, as {} cannot be used: {}", dir, e.toString());
            return new NativeCallGuard(null, recovery, Map.of(), List.of(), clock);
        }
    }

    /** Models that crashed earlier processes; to be published and then {@link #markReported marked as reported}. */
    public List<ModelQuarantine> crashes() {
        return recovery == null ? List.of() : recovery.quarantines();
    }

    /** Models that probably crashed processes on this machine; they are not published. */
    public List<ModelQuarantine> localQuarantines() {
        return local;
    }

    /** Marks the crashes as published. */
    public void markReported() {
        if (recovery != null) {
            recovery.markReported();
        }
    }

    /** Begins a call. A suspect waits for all other calls to end, and they wait for it. */
    public Call enter(Phase phase, ModelIdentity model) {
        boolean alone = turns != null && isSuspect(model);
        Lock turn = turns == null ? null : alone ? turns.writeLock() : turns.readLock();
        if (turn != null) {
            turn.lock();
        }
        if (journal != null) {
            journal.enter(phase, model, alone, clock.millis());
        }
        return new Call(journal, turn);
    }

    private boolean isSuspect(ModelIdentity model) {
        Instant until = suspects.get(model.sha256());
        return until != null && clock.instant().isBefore(until);
    }

    /** One call; must be closed by the thread that began it. */
    public static final class Call implements AutoCloseable {
        private final @Nullable CrashJournal journal;
        private final @Nullable Lock turn;

        private Call(@Nullable CrashJournal journal, @Nullable Lock turn) {
            this.journal = journal;
            this.turn = turn;
        }

        @Override
        public void close() {
            if (journal != null) {
                journal.leave();
            }
            if (turn != null) {
                turn.unlock();
            }
        }
    }

    /** Deletes the journal at the regular end of the process. */
    @Override
    public void close() {
        if (recovery != null) {
            recovery.close();
        }
        if (journal != null) {
            journal.close();
        }
    }
}
