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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Determines which model crashed a predictor process. A signal in a thread that ran a model is proof, and the model is
 * quarantined at once. An end without a trace (SIGKILL, the kernel's out-of-memory killer, {@code abort}, a power
 * failure) may have any cause: {@link CrashSuspects} decides when a model is considered the cause, and {@link
 * LocalQuarantineStore} describes the consequence.
 */
final class CrashRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CrashRecovery.class);
    /** Number of error files kept for diagnosis. */
    private static final int ERROR_FILES = 5;

    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path dir;
    private final CrashSuspects crashSuspects;
    private final LocalQuarantineStore local;
    private final List<OrphanedJournal> journals = new ArrayList<>();
    private final List<ModelQuarantine> quarantines = new ArrayList<>();

    CrashRecovery(Path dir) {
        this.dir = dir;
        this.crashSuspects = new CrashSuspects(dir);
        this.local = new LocalQuarantineStore(dir);
    }

    /** Reads the files left by ended processes. */
    void read() throws IOException {
        journals.addAll(OrphanedJournal.find(dir));
        journals.sort(Comparator.comparing(OrphanedJournal::endedAt));
        Map<String, Suspect> suspects = new LinkedHashMap<>();
        for (OrphanedJournal journal : journals) {
            attempt("a journal of " + journal.predictor(), () -> blame(journal, suspects));
        }
        for (Suspect suspect : suspects.values()) {
            attempt("crashes of model " + suspect.entry().model(), () -> suspect(suspect));
        }
        attempt("old error files", this::deleteOldErrorFiles);
        attempt("abandoned journals", this::deleteAbandoned);
    }

    private interface Task {
        void run() throws IOException;
    }

    /** Runs {@code task}; a damaged file of one process must not hide those of others. */
    private static void attempt(String what, Task task) {
        try {
            task.run();
        } catch (IOException | RuntimeException e) {
            LOG.error("cannot process {}", what, e);
        }
    }

    /** Time until which each suspect runs alone, by SHA-256. */
    Map<String, Instant> suspects(Instant now) throws IOException {
        Map<String, Instant> suspects = new HashMap<>(crashSuspects.current(now));
        suspects.putAll(local.suspects(now));
        return suspects;
    }

    /** Quarantines for the predictors that share the folder. */
    List<ModelQuarantine> localQuarantines(Instant now) throws IOException {
        return local.current(now);
    }

    /** Quarantines to be published to all predictors. */
    List<ModelQuarantine> quarantines() {
        return List.copyOf(quarantines);
    }

    /** A model that ran when a process ended without a trace; ends found together count once. */
    private record Suspect(OrphanedJournal journal, JournalEntry entry, boolean alone) {}

    private void blame(OrphanedJournal journal, Map<String, Suspect> suspects) throws IOException {
        List<JournalEntry> running = journal.entries();
        Optional<JvmErrorFile> error = journal.errorFile();
        if (error.isPresent() && error.get().signal() == null) {
            LOG.warn("{} ended because its heap was full; no model is suspected", journal.predictor());
        } else if (error.isPresent() && error.get().thread() != null) {
            // a signal in a thread that ran no model incriminates none
            for (JournalEntry entry : running) {
                if (entry.thread().equals(error.get().thread())) {
                    quarantine(
                            journal, entry, Objects.requireNonNull(error.get().signal()));
                }
            }
        } else if (error.isPresent()
                && running.stream().map(JournalEntry::model).distinct().count() == 1) {
            quarantine(
                    journal, running.get(0), Objects.requireNonNull(error.get().signal()));
        } else {
            boolean one = running.stream().map(JournalEntry::model).distinct().count() == 1;
            for (JournalEntry entry : running) {
                suspects.merge(
                        entry.model().sha256(),
                        new Suspect(journal, entry, one && entry.alone()),
                        (before, next) -> new Suspect(next.journal(), next.entry(), before.alone() && next.alone()));
            }
        }
    }

    private void suspect(Suspect suspect) throws IOException {
        OrphanedJournal journal = suspect.journal();
        ModelIdentity model = suspect.entry().model();
        CrashSuspects.CrashCounts counts = crashSuspects.add(model.sha256(), journal.endedAt(), suspect.alone());
        LOG.warn(
                "{} ended without a trace while model {} version {} was in native code: {} times within {} minutes, {} of them while it ran alone",
                journal.predictor(),
                model.name(),
                model.version(),
                counts.ends(),
                CrashSuspects.WINDOW.toMinutes(),
                counts.alone());
        if (counts.alone() >= CrashSuspects.LIMIT) {
            String cause = "no signal, %d times in %d minutes (so only on this machine, for %d minutes)"
                    .formatted(
                            counts.alone(), CrashSuspects.WINDOW.toMinutes(), LocalQuarantineStore.LENGTH.toMinutes());
            local.add(quarantineOf(journal, suspect.entry(), cause));
            crashSuspects.forget(model.sha256());
        }
    }

    private void quarantine(OrphanedJournal journal, JournalEntry entry, String cause) throws IOException {
        quarantines.add(quarantineOf(journal, entry, cause));
        crashSuspects.forget(entry.model().sha256());
    }

    private static ModelQuarantine quarantineOf(OrphanedJournal journal, JournalEntry entry, String cause) {
        ModelIdentity model = entry.model();
        LOG.error(
                "model {} version {} is quarantined: {} ended with {} while it was in native code ({})",
                model.name(),
                model.version(),
                journal.predictor(),
                cause,
                entry.phase().wireName());
        return new ModelQuarantine(
                Versioned.CURRENT,
                model.sha256(),
                model.name(),
                model.version(),
                journal.predictor(),
                cause,
                entry.phase().wireName(),
                journal.endedAt());
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

    /** Deletes journals of processes that ended while creating them. */
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

    /** Deletes the journals after their findings were published. */
    void markReported() {
        for (OrphanedJournal journal : journals) {
            try {
                journal.close();
            } catch (IOException e) {
                LOG.warn("the journal of an ended process could not be deleted: {}", e.toString());
            }
        }
        journals.clear();
    }

    /** Leaves journals that were not reported for the next start. */
    @Override
    public void close() {
        for (OrphanedJournal journal : journals) {
            try {
                journal.leave();
            } catch (IOException e) {
                LOG.warn("the journal of an ended process could not be closed: {}", e.toString());
            }
        }
        journals.clear();
    }
}
