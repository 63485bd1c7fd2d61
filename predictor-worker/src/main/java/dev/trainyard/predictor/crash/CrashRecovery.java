package dev.trainyard.predictor.crash;

import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.Versioned;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Identifies the model that crashed a predictor. A signal in the thread that ran a model is proof, and the model is
 * quarantined at once. An end without a trace (SIGKILL, the kernel's out-of-memory killer, {@code abort}, a power
 * failure) may have any cause. The models that were running are then suspects and run alone. They are quarantined only
 * at the {@link Suspicions#LIMIT}th such end within {@link Suspicions#WINDOW}.
 */
final class CrashRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CrashRecovery.class);
    /** Number of newest error files that are kept for people. */
    private static final int ERROR_FILES = 5;

    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path dir;
    private final Suspicions suspicions;
    private final List<DeadJournal> journals = new ArrayList<>();
    private final List<ModelQuarantine> quarantines = new ArrayList<>();

    CrashRecovery(Path dir) {
        this.dir = dir;
        this.suspicions = new Suspicions(dir);
    }

    /** Reads the journals of ended processes. */
    void read() throws IOException {
        for (DeadJournal journal : DeadJournal.find(dir)) {
            journals.add(journal);
            blame(journal);
        }
        deleteOldErrorFiles();
        deleteAbandoned();
    }

    Suspicions suspicions() {
        return suspicions;
    }

    /** Returns the models to quarantine. */
    List<ModelQuarantine> quarantines() {
        return List.copyOf(quarantines);
    }

    private void blame(DeadJournal journal) throws IOException {
        List<JournalEntry> running = journal.entries();
        Optional<ErrorFile> error = journal.errorFile();
        if (error.isPresent() && error.get().thread() != null) {
            // if the signal hit a thread that ran no model, no model is to blame
            for (JournalEntry entry : running) {
                if (entry.thread().equals(error.get().thread())) {
                    quarantine(journal, entry, error.get().signal());
                }
            }
        } else if (error.isPresent()
                && running.stream().map(JournalEntry::model).distinct().count() == 1) {
            quarantine(journal, running.get(0), error.get().signal());
        } else {
            suspect(journal, running);
        }
    }

    private void suspect(DeadJournal journal, List<JournalEntry> running) throws IOException {
        List<String> counted = new ArrayList<>();
        for (JournalEntry entry : running) {
            String sha256 = entry.model().sha256();
            if (counted.contains(sha256)) {
                continue; // the model ran in several threads
            }
            counted.add(sha256);
            int ends = suspicions.add(sha256, Instant.now());
            LOG.warn(
                    "{} ended without a trace while model {} version {} was in native code, for the {}. time of {}",
                    journal.predictor(),
                    entry.model().name(),
                    entry.model().version(),
                    ends,
                    Suspicions.LIMIT);
            if (ends >= Suspicions.LIMIT) {
                quarantine(
                        journal,
                        entry,
                        "no signal, %d times in %d minutes".formatted(ends, Suspicions.WINDOW.toMinutes()));
            }
        }
    }

    private void quarantine(DeadJournal journal, JournalEntry entry, String cause) throws IOException {
        ModelIdentity model = entry.model();
        LOG.error(
                "model {} version {} is quarantined: {} ended with {} while it was in native code ({})",
                model.name(),
                model.version(),
                journal.predictor(),
                cause,
                entry.phase().wireName());
        suspicions.forget(model.sha256());
        quarantines.add(new ModelQuarantine(
                Versioned.CURRENT,
                model.sha256(),
                model.name(),
                model.version(),
                journal.predictor(),
                cause,
                entry.phase().wireName(),
                journal.endedAt()));
    }

    private void deleteOldErrorFiles() throws IOException {
        record Dated(Path file, FileTime at) {}
        List<Dated> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(dir, "hs_err_*")) {
            for (Path file : all) {
                files.add(new Dated(file, Files.getLastModifiedTime(file)));
            }
        }
        files.sort(Comparator.comparing(Dated::at).reversed());
        for (Dated old : files.subList(Math.min(ERROR_FILES, files.size()), files.size())) {
            Files.deleteIfExists(old.file());
        }
    }

    /** Deletes journals of processes that ended while creating them, which takes only moments. */
    private void deleteAbandoned() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(ABANDONED));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(dir, CrashJournal.OPENING + "*")) {
            for (Path file : all) {
                if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Deletes the journals, after the crashes have been published. */
    void settle() {
        for (DeadJournal journal : journals) {
            try {
                journal.close();
            } catch (IOException e) {
                LOG.warn("a journal of a process that ended stays: {}", e.toString());
            }
        }
        journals.clear();
    }

    /** Leaves unsettled journals to the next start. */
    @Override
    public void close() {
        for (DeadJournal journal : journals) {
            try {
                journal.keep();
            } catch (IOException e) {
                LOG.warn("a journal of a process that ended stays open: {}", e.toString());
            }
        }
        journals.clear();
    }
}
