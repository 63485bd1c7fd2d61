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
 * Through which models are run in native code, where one may end the process: each call is recorded in a file that
 * outlives it, and what earlier processes left there tells which model ended them. For any threads; calls do not nest.
 */
public final class NativeCallGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeCallGuard.class);

    private final CrashJournal journal;
    private final CrashRecovery recovery;
    private final Map<String, Instant> suspects;
    private final List<ModelQuarantine> local;
    private final Clock clock;
    /** A suspect holds it alone; null while there is no suspect, which is nearly always. */
    private final ReadWriteLock turns;

    private NativeCallGuard(
            CrashJournal journal,
            CrashRecovery recovery,
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

    /** Records nothing. */
    public static NativeCallGuard unrecorded() {
        return new NativeCallGuard(null, null, Map.of(), List.of(), Clock.systemUTC());
    }

    /**
     * Records in {@code dir}, which outlives the process and may be shared by the predictors of one machine. Where it
     * cannot be written models are served all the same, unrecorded.
     *
     * @param predictor name of this one
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

    /** The models that ended earlier processes; to be made known, and then {@link #markReported marked as reported}. */
    public List<ModelQuarantine> crashes() {
        return recovery == null ? List.of() : recovery.quarantines();
    }

    /** The models that are likely, but not proven, to have ended processes on this machine; others are not told. */
    public List<ModelQuarantine> localQuarantines() {
        return local;
    }

    /** The crashes are known to all. */
    public void markReported() {
        if (recovery != null) {
            recovery.markReported();
        }
    }

    /** Begins a call; a suspect waits for all others to end, and they for it. */
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

    /** One call; to be closed by the thread that began it. */
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

    /** The process ends as it should. */
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
