package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The access tokens that a user has stored, by the address of their gateway. Only the user may read the file. */
public final class StoredTokens {
    private static final FileAttribute<Set<PosixFilePermission>> USER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> USER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private static final String VARIABLE = "XDG_CONFIG_HOME";

    private final Path file;

    public StoredTokens(Path file) {
        this.file = file;
    }

    /** {@code tokens.json} in the user's configuration folder. */
    public static StoredTokens ofUser() {
        String folder = System.getProperty(VARIABLE, System.getenv(VARIABLE));
        Path config = folder == null || !Path.of(folder).isAbsolute()
                ? Path.of(System.getProperty("user.home"), ".config")
                : Path.of(folder);
        return new StoredTokens(config.resolve("trainyard").resolve("tokens.json"));
    }

    public Path file() {
        return file;
    }

    /**
     * Returns the token for a gateway; null if there is none.
     *
     * @throws IOException also if other users may read the file
     */
    @Nullable
    String find(String server) throws IOException {
        JsonNode token = read().path(server);
        return token.isTextual() ? token.asText() : null;
    }

    public void put(String server, String token) throws IOException {
        write(read().put(server, token));
    }

    /** Returns false if there was no token for the gateway. */
    public boolean remove(String server) throws IOException {
        ObjectNode tokens = read();
        if (tokens.remove(server) == null) {
            return false;
        }
        write(tokens);
        return true;
    }

    private ObjectNode read() throws IOException {
        try {
            for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
                if (OTHERS.contains(permission)) {
                    throw new IOException("other users may read %s; run chmod 600 on it".formatted(file));
                }
            }
            JsonNode tokens = Json.read(Files.readString(file)).orElse(null);
            if (tokens instanceof ObjectNode object) {
                return object;
            }
            throw new IOException("%s is damaged; delete it and run ./trainyard login again".formatted(file));
        } catch (NoSuchFileException e) {
            return Json.object();
        }
    }

    private void write(ObjectNode tokens) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder, USER_FOLDER);
        Path next = Files.createTempFile(folder, "tokens", ".tmp", USER_FILE);
        try {
            Files.writeString(next, Json.text(tokens));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
