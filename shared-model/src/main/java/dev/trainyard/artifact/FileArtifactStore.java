package dev.trainyard.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/** An artifact store in a directory: a local one, or a volume mounted by all services. */
public final class FileArtifactStore implements ArtifactBackend {
    private static final int CHECKED_AT_ONCE = 64 * 1024;

    private final Path root;
    private final TempFiles temps;

    public FileArtifactStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.temps = new TempFiles(this.root);
    }

    @Override
    public ArtifactRef write(String path, byte[] bytes) throws IOException {
        Path target = resolve(path);
        ArtifactRef ref = new ArtifactRef(path, sha256(bytes), bytes.length);
        if (Files.isRegularFile(target) && !isSame(ref)) {
            throw new ArtifactExistsException(path);
        }
        try {
            writeWhole(target, bytes);
        } catch (IOException e) {
            throw explained(e, path, bytes.length);
        }
        return ref;
    }

    private boolean isSame(ArtifactRef ref) throws IOException {
        try {
            checkedFile(ref);
            return true;
        } catch (DamagedArtifactException e) {
            return false;
        } catch (NoSuchFileException e) {
            return true; // deleted concurrently
        }
    }

    private void writeWhole(Path target, byte[] bytes) throws IOException {
        Files.createDirectories(target.getParent());
        Path temp = temps.next(target);
        try {
            try (FileChannel channel =
                    FileChannel.open(temp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                temps.deleteAbandoned(temp);
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temp);
        }
        syncDirectory(Objects.requireNonNull(target.getParent()));
    }

    /** Returns the temp file for a write to {@code path}, for tests that leave half a file behind. */
    public Path temporary(String path) throws IOException {
        return temps.next(resolve(path));
    }

    /**
     * Detects a full disk by free space: Java has no exception type for ENOSPC and EDQUOT, and the message is
     * localized.
     */
    private IOException explained(IOException e, String path, long bytes) {
        String words = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        long free = root.toFile().getUsableSpace();
        boolean full = words.contains("no space left") || words.contains("quota exceeded") || free < bytes;
        return full && Files.isDirectory(root) ? new DiskFullException(path, bytes, free, e) : e;
    }

    @Override
    public byte[] read(ArtifactRef ref) throws IOException {
        byte[] bytes = Files.readAllBytes(existing(ref));
        String actual = sha256(bytes);
        if (!actual.equals(ref.sha256())) {
            throw new DamagedArtifactException(ref, actual, bytes.length);
        }
        return bytes;
    }

    @Override
    public Path checkedFile(ArtifactRef ref) throws IOException {
        Path file = existing(ref);
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(CHECKED_AT_ONCE);
        long size = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                size += buffer.position();
                digest.update(buffer.flip());
            }
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        if (!actual.equals(ref.sha256())) {
            throw new DamagedArtifactException(ref, actual, size);
        }
        return file;
    }

    private Path existing(ArtifactRef ref) throws IOException {
        Path file = resolve(ref.path());
        long size = Files.size(file);
        if (size > ref.size()) {
            // a file of another size is not read, because it may be huge
            throw new DamagedArtifactException(ref, "another, as it is longer", size);
        }
        return file;
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(resolve(path));
    }

    @Override
    public void copy(ArtifactRef ref, Path target) throws IOException {
        Files.copy(checkedFile(ref), target, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public byte[] readDescription(String path) throws IOException {
        Path file = resolve(path);
        if (Files.size(file) > MOST_DESCRIPTION) {
            throw new IOException("%s has more than %,d bytes".formatted(path, MOST_DESCRIPTION));
        }
        return Files.readAllBytes(file);
    }

    @Override
    public ArtifactListing listing() {
        return new StoredFiles(root);
    }

    /** A missing directory is created by the first write, and a full disk is reported by it. */
    @Override
    public void check() {}

    @Override
    public String location() {
        return "file:" + root;
    }

    @Override
    public void close() {}

    /** SHA-256 of {@code bytes} as lower-case hex. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }

    private Path resolve(String path) throws IOException {
        Path target = root.resolve(path).normalize();
        if (!target.startsWith(root) || target.equals(root)) {
            throw new IOException("artifact path leaves the store: " + path);
        }
        return target;
    }

    /**
     * Makes the rename itself durable: without it a crash may undo the rename although the file's content is on disk.
     */
    private static void syncDirectory(Path directory) throws IOException {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return; // Windows cannot open a directory
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
