package dev.trainyard.artifact.s3;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder with copies of objects, of limited size, from which clients' downloads are sent. */
final class LocalCopies {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCopies.class);
    /** A copy used within this time may still be being sent. */
    private static final Duration IN_USE = Duration.ofMinutes(1);

    private final Optional<Path> chosen;
    private final long limit;
    private @Nullable Path folder;

    /**
     * @param chosen folder; by default a new one for temporary files
     * @param limit size of all copies, except those in use, in bytes
     */
    LocalCopies(Optional<Path> chosen, long limit) {
        this.chosen = chosen;
        this.limit = limit;
    }

    /** Writes an artifact to a file. */
    @FunctionalInterface
    interface Source {
        void copy(ArtifactRef ref, Path target) throws IOException;
    }

    /** Returns a checked copy, made from {@code source} if there is none. */
    Path get(ArtifactRef ref, Source source) throws IOException {
        Path present = folder();
        Path file = present.resolve(ref.sha256());
        if (Files.exists(file)) {
            try {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                return new FileArtifactStore(present)
                        .checkedFile(new ArtifactRef(ref.sha256(), ref.sha256(), ref.size()));
            } catch (IOException e) {
                LOG.warn("the copy {} is damaged or was deleted, copying again: {}", file, e.toString());
            }
        }
        makeRoom(present, ref.size());
        Path part = Files.createTempFile(present, "part-", ".tmp");
        try {
            source.copy(ref, part);
            return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private synchronized Path folder() throws IOException {
        if (folder == null) {
            folder = chosen.isPresent()
                    ? Files.createDirectories(chosen.get())
                    : Files.createTempDirectory("trainyard-artifacts-");
        }
        return folder;
    }

    private record Copy(Path file, long size, Instant usedAt) {}

    private void makeRoom(Path folder, long needed) throws IOException {
        List<Copy> present = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                present.add(new Copy(
                        file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
            }
        } catch (NoSuchFileException e) {
            return; // another request deletes files too
        }
        present.sort(Comparator.comparing(Copy::usedAt));
        long held = present.stream().mapToLong(Copy::size).sum();
        Instant unused = Instant.now().minus(IN_USE);
        for (Copy copy : present) {
            if (held + needed > limit && copy.usedAt().isBefore(unused)) {
                Files.deleteIfExists(copy.file());
                held -= copy.size();
            }
        }
    }
}
