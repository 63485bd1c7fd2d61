package dev.trainyard.gateway.retention;

import dev.trainyard.artifact.StoredFiles;
import dev.trainyard.artifact.StoredFiles.Stored;
import dev.trainyard.gateway.training.JobFiles;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files of the artifact store that nothing needs. It goes by what lies there, not by what was noted, so that it
 * also finds what a lost run wrote after its job had ended. Only the gateway deletes; workers may be reading.
 */
public final class ArtifactSweep {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactSweep.class);
    private static final int JOBS_AT_ONCE = 500;
    /** What {@link dev.trainyard.artifact.ArtifactPaths} makes of a job. */
    private static final Pattern ATTEMPT = Pattern.compile("jobs/[^/]+/attempt-(\\d{1,9})-.*");

    private final StoredFiles store;
    private final JobFiles jobs;
    private final Duration young;
    private final Duration orphans;

    /**
     * @param young age of files that are not deleted, as whoever wrote them may not have told of them yet
     * @param orphans since the last write to the folder of a job that does not exist
     */
    public ArtifactSweep(StoredFiles store, JobFiles jobs, Duration young, Duration orphans) {
        this.store = store;
        this.jobs = jobs;
        this.young = young;
        this.orphans = orphans;
    }

    /** Deletes files of jobs; returns how many. */
    public int deleteJobFiles() throws IOException {
        int deleted = 0;
        List<UUID> batch = new ArrayList<>();
        for (String folder : store.children("jobs")) {
            key(folder).ifPresent(batch::add);
            if (batch.size() == JOBS_AT_ONCE) {
                deleted += deleteFilesOf(batch);
                batch.clear();
            }
        }
        return deleted + deleteFilesOf(batch);
    }

    private static Optional<UUID> key(String folder) {
        try {
            return Optional.of(UUID.fromString(folder));
        } catch (IllegalArgumentException e) {
            LOG.debug("{} is no job's folder", folder);
            return Optional.empty();
        }
    }

    private int deleteFilesOf(List<UUID> batch) throws IOException {
        // what lies there is listed first: a file that is needed later than that is not on the list
        Map<UUID, List<Stored>> present = new HashMap<>();
        for (UUID job : batch) {
            present.put(job, store.files("jobs/" + job));
        }
        Map<UUID, JobFiles.Needed> needed = jobs.needed(batch);
        int deleted = 0;
        for (UUID job : batch) {
            JobFiles.Needed wanted = needed.get(job);
            deleted += wanted == null ? deleteOrphan(job, present.get(job)) : delete(job, present.get(job), wanted);
        }
        return deleted;
    }

    private int delete(UUID job, List<Stored> files, JobFiles.Needed needed) throws IOException {
        Instant limit = Instant.now().minus(young);
        List<Stored> unneeded = files.stream()
                .filter(file -> attempt(file.path()) < needed.openFrom())
                .filter(file -> !needed.paths().contains(file.path()))
                .filter(file -> file.modifiedAt().isBefore(limit))
                .toList();
        if (!unneeded.isEmpty()) {
            jobs.forgetCheckpoints(job, unneeded.stream().map(Stored::path).toList());
        }
        int deleted = 0;
        for (Stored file : unneeded) {
            deleted += store.delete(file) ? 1 : 0;
        }
        if (deleted == files.size() && needed.openFrom() == Integer.MAX_VALUE) {
            store.deleteEmptyFolders("jobs/" + job);
        }
        return deleted;
    }

    /** A job that was deleted had no files left but what a lost run wrote; the database may be the wrong one, though. */
    private int deleteOrphan(UUID job, List<Stored> files) throws IOException {
        Instant limit = Instant.now().minus(orphans);
        if (files.stream().anyMatch(file -> file.modifiedAt().isAfter(limit))) {
            return 0;
        }
        int deleted = 0;
        for (Stored file : files) {
            deleted += store.delete(file) ? 1 : 0;
        }
        store.deleteEmptyFolders("jobs/" + job);
        return deleted;
    }

    private static int attempt(String path) {
        Matcher matcher = ATTEMPT.matcher(path);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    /** Deletes files that were sent to be imported; returns how many. */
    public int deleteUploads() throws IOException {
        List<Stored> files = store.files("uploads");
        Set<String> needed = jobs.neededUploads();
        return deleteOld(files.stream()
                .filter(file -> !needed.contains(file.path().substring("uploads/".length())))
                .toList());
    }

    /** Deletes what writers that were killed left half written; returns how many files. */
    public int deleteTemporaryFiles() throws IOException {
        return deleteOld(store.files("tmp"));
    }

    private int deleteOld(List<Stored> files) throws IOException {
        Instant limit = Instant.now().minus(young);
        int deleted = 0;
        for (Stored file : files) {
            if (file.modifiedAt().isBefore(limit)) {
                deleted += store.delete(file) ? 1 : 0;
            }
        }
        return deleted;
    }
}
