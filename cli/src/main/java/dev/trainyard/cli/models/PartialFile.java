package dev.trainyard.cli.models;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A download that is written to a temporary file first, so that an interrupted command leaves neither an incomplete
 * target nor the temporary file.
 */
final class PartialFile implements AutoCloseable {
    private final Path temp;

    /**
     * The temporary file is created next to {@code file}, so that it can be moved atomically; for targets that are not
     * regular files, such as pipes, in the system's temporary folder.
     *
     * @param file null for standard output
     */
    PartialFile(@Nullable Path file) throws IOException {
        Path folder = file == null || isSpecialFile(file)
                ? Path.of(System.getProperty("java.io.tmpdir"))
                : Objects.requireNonNull(target(file).toAbsolutePath().getParent());
        temp = folder.resolve(".trainyard-" + UUID.randomUUID() + ".part");
        temp.toFile().deleteOnExit(); // registered before it exists, so that Ctrl-C cannot leave it behind
        Files.createFile(temp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** True for targets such as /dev/null, which must not be replaced. */
    private static boolean isSpecialFile(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file);
    }

    /** Resolves links, so that the link itself is kept. */
    private static Path target(Path file) throws IOException {
        return Files.isRegularFile(file) ? file.toRealPath() : file;
    }

    /** Fails if the file was deleted meanwhile, instead of creating it again. */
    OutputStream open() throws IOException {
        return Files.newOutputStream(temp, StandardOpenOption.WRITE);
    }

    void moveTo(Path file) throws IOException {
        if (isSpecialFile(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                copyTo(out);
            }
            return;
        }
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(temp, target(file), StandardCopyOption.REPLACE_EXISTING);
    }

    void copyTo(OutputStream out) throws IOException {
        Files.copy(temp, out);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(temp);
    }
}
