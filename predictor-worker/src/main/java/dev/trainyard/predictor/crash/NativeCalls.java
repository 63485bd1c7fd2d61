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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs models in native code, which may crash the process. Each call is recorded in a file that survives a crash, and
 * the files of earlier processes show which model crashed them. Thread-safe; calls do not nest.
 */
public final class NativeCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeCalls.class);

    private final CrashJournal journal;
    private final CrashRecovery recovery;
    private final Map<String, Instant> suspects;
    private final Clock clock;
    /** Held exclusively by a suspect; null while there is no suspect, which is nearly always. */
    private final ReadWriteLock turns;

    private NativeCalls(CrashJournal journal, CrashRecovery recovery, Map<String, Instant> suspects, Clock clock) {
        this.journal = journal;
        this.recovery = recovery;
        this.suspects = suspects;
        this.clock = clock;
        this.turns = suspects.isEmpty() ? null : new ReentrantReadWriteLock(true);
    }

    /** Creates an instance that records nothing. */
    public static NativeCalls unrecorded() {
        return new NativeCalls(null, null, Map.of(), Clock.systemUTC());
    }

    /**
     * Records in {@code dir}, which survives the process and may be shared by the predictors of a machine. If it is not
     * writable, models are still served, but unrecorded.
     *
     * @param predictor name of this predictor
     */
    public static NativeCalls open(Path dir, String predictor, Clock clock) {
        CrashRecovery recovery = new CrashRecovery(dir);
        try {
            Files.createDirectories(dir);
            recovery.read();
            Map<String, Instant> suspects = recovery.suspicions().current(clock.instant());
            CrashJournal journal = CrashJournal.open(dir, JournalHeader.ofThisProcess(predictor, clock.instant()));
            return new NativeCalls(journal, recovery, suspects, clock);
        } catch (IOException e) {
            LOG.error("a model that ends this process will not be known, as {} cannot be used: {}", dir, e.toString());
            return new NativeCalls(null, recovery, Map.of(), clock);
        }
    }

    /** The models that crashed earlier processes; publish them, then call {@link #settle settle}. */
    public List<ModelQuarantine> crashes() {
        return recovery == null ? List.of() : recovery.quarantines();
    }

    /** Call this when the crashes are published. */
    public void settle() {
        if (recovery != null) {
            recovery.settle();
        }
    }

    /** Begins a call; a suspect waits until all other calls have ended, and they wait for it. */
    public Call enter(Phase phase, ModelIdentity model) {
        Lock turn = turns == null ? null : isSuspect(model) ? turns.writeLock() : turns.readLock();
        if (turn != null) {
            turn.lock();
        }
        if (journal != null) {
            journal.enter(phase, model);
        }
        return new Call(journal, turn);
    }

    private boolean isSuspect(ModelIdentity model) {
        Instant until = suspects.get(model.sha256());
        return until != null && clock.instant().isBefore(until);
    }

    /** One call; must be closed by the thread that began it. */
    public static final class Call implements AutoCloseable {
        private final CrashJournal journal;
        private final Lock turn;

        private Call(CrashJournal journal, Lock turn) {
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

    /** Deletes the journal at a normal exit. */
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
