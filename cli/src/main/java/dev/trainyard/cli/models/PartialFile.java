package dev.trainyard.cli.models;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * A file under another name until it is whole: whoever breaks it off, by Ctrl-C too, leaves no half one under the right name
 * and nothing under the other.
 */
final class PartialFile implements AutoCloseable {
    private final Path temp;

    /**
     * Beside {@code file}, so that it can become it at once; where that is no file, such as a pipe, among the temporary ones.
     *
     * @param file null for standard output
     */
    PartialFile(Path file) throws IOException {
        Path folder = file == null || isNotRegular(file)
                ? Path.of(System.getProperty("java.io.tmpdir"))
                : target(file).toAbsolutePath().getParent();
        temp = folder.resolve(".trainyard-" + UUID.randomUUID() + ".part");
        temp.toFile().deleteOnExit(); // before it is there, so that no Ctrl-C comes between
        Files.createFile(temp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Such as /dev/null, which must stay what it is. */
    private static boolean isNotRegular(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file);
    }

    /** What a link leads to, because the link must stay one. */
    private static Path target(Path file) throws IOException {
        return Files.isRegularFile(file) ? file.toRealPath() : file;
    }

    /** Fails if it was deleted by now, instead of making it again. */
    OutputStream open() throws IOException {
        return Files.newOutputStream(temp, StandardOpenOption.WRITE);
    }

    void moveTo(Path file) throws IOException {
        if (isNotRegular(file)) {
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
