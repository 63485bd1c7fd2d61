package dev.trainyard.trainer.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Models written by other tools, with reference predictions of those tools; see {@code imported/README.md}. */
public final class ImportedFiles {
    private ImportedFiles() {}

    public static byte[] read(String name) {
        try (InputStream in = ImportedFiles.class.getResourceAsStream("/imported/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path path(String name) {
        return Path.of("src/test/resources/imported", name);
    }
}
