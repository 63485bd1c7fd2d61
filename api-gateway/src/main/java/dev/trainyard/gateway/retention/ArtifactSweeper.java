package dev.trainyard.gateway.retention;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactListing;
import dev.trainyard.artifact.ArtifactListing.Folder;
import dev.trainyard.artifact.ArtifactListing.Stored;
import dev.trainyard.gateway.jobs.RequiredJobFiles;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files of the artifact store that are no longer needed. It lists the store, not the database, so that it also
 * finds files that a lost run wrote after its job had ended. Only the gateway deletes, because workers may be reading.
 */
@Singleton
public final class ArtifactSweeper {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactSweeper.class);
    private static final int JOBS_AT_ONCE = 500;
    /** Layout of a job's folder, as {@link dev.trainyard.artifact.ArtifactPaths} defines it. */
    private static final Pattern ATTEMPT = Pattern.compile("jobs/[^/]+/attempt-(\\d{1,9})-.*");

    private final ArtifactListing store;
    private final RequiredJobFiles jobs;
    private final Duration young;
    private final Duration orphans;

    @Inject
    ArtifactSweeper(ArtifactBackend artifacts, RequiredJobFiles jobs, GatewaySettings settings) {
        this(
                artifacts.listing(),
                jobs,
                settings.retention().youngFiles(),
                settings.retention().orphans());
    }

    /**
     * @param young age below which files are kept, because their writer may not have reported them yet
     * @param orphans age, since the last write, of the folder of a job that does not exist
     */
    public ArtifactSweeper(ArtifactListing store, RequiredJobFiles jobs, Duration young, Duration orphans) {
        this.store = store;
        this.jobs = jobs;
        this.young = young;
        this.orphans = orphans;
    }

    /** Deletes files of jobs; returns the number deleted. */
    public int deleteJobFiles() throws IOException {
        AtomicInteger deleted = new AtomicInteger();
        store.visitFolders("jobs", JOBS_AT_ONCE, folders -> deleted.addAndGet(deleteFilesOf(folders)));
        return deleted.get();
    }

    private static Optional<UUID> key(String folder) {
        try {
            return Optional.of(UUID.fromString(folder));
        } catch (IllegalArgumentException e) {
            LOG.debug("{} is no job's folder", folder);
            return Optional.empty();
        }
    }

    /** The store is listed first, so a file that is needed later is not on the list. */
    private int deleteFilesOf(List<Folder> folders) throws IOException {
        Map<UUID, List<Stored>> present = new LinkedHashMap<>();
        for (Folder folder : folders) {
            key(folder.name()).ifPresent(job -> present.put(job, folder.files()));
        }
        Map<UUID, RequiredJobFiles.Needed> needed = jobs.needed(present.keySet());
        int deleted = 0;
        for (Map.Entry<UUID, List<Stored>> job : present.entrySet()) {
            RequiredJobFiles.Needed wanted = needed.get(job.getKey());
            deleted += wanted == null
                    ? deleteOrphan(job.getKey(), job.getValue())
                    : delete(job.getKey(), job.getValue(), wanted);
        }
        return deleted;
    }

    private int delete(UUID job, List<Stored> files, RequiredJobFiles.Needed needed) throws IOException {
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

    /**
     * A deleted job has no files except those of a lost run. The wait covers a gateway connected to the wrong database.
     */
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

    /** Deletes uploaded files of imports; returns the number deleted. */
    public int deleteUploads() throws IOException {
        List<Stored> files = store.files("uploads");
        Set<String> needed = jobs.neededUploads();
        return deleteOld(files.stream()
                .filter(file -> !needed.contains(file.path().substring("uploads/".length())))
                .toList());
    }

    /** Deletes half-written files of killed writers; returns the number deleted. */
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
