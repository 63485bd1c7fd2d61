package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Archive of the classes that one kind of process loads, which a later start maps into memory instead of reading,
 * checking and linking them. The JVM writes it when the process of a first start exits. The name depends on the JVM and
 * on the jars, so that a changed program gets a new archive.
 */
final class ClassDataArchive {
    private static final String SUFFIX = ".jsa";
    /** First bytes of a dynamic archive; the JVM writes them last. */
    private static final byte[] COMPLETE = HexFormat.of().parseHex("a8ab0bf0");

    private final Path archive;
    private final String kind;
    private final Path dump;

    private ClassDataArchive(Path archive, String kind, Path dump) {
        this.archive = archive;
        this.kind = kind;
        this.dump = dump;
    }

    /**
     * @param folder of the archives of all processes
     * @param kind of process, such as {@code kafka}
     * @param classPath jars in the order in which the JVM gets them
     * @param scratch folder of the process, empty when it starts
     */
    static ClassDataArchive of(Path folder, String kind, List<Path> classPath, Path scratch) throws IOException {
        String name = "%s-%s%s".formatted(kind, fingerprint(classPath), SUFFIX);
        return new ClassDataArchive(folder.resolve(name), kind, scratch.resolve("classes" + SUFFIX));
    }

    boolean exists() {
        return Files.exists(archive);
    }

    /** JVM options that use the archive, or write it at exit if there is none. */
    List<String> options() {
        return exists()
                ? List.of("-XX:SharedArchiveFile=" + archive)
                // the JVM would warn of each class that it cannot archive
                : List.of("-XX:ArchiveClassesAtExit=" + dump, "-Xlog:cds*=error");
    }

    /** Call after the process has exited: stores what it wrote, in place of archives of earlier builds. */
    void store() throws IOException {
        if (!isComplete()) {
            return;
        }
        Files.createDirectories(archive.getParent());
        Path copy = Files.createTempFile(archive.getParent(), kind, ".part");
        try {
            Files.copy(dump, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.move(copy, archive, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(dump);
        }
        try (DirectoryStream<Path> earlier = Files.newDirectoryStream(archive.getParent(), kind + "-*" + SUFFIX)) {
            for (Path file : earlier) {
                if (!file.equals(archive)) {
                    Files.deleteIfExists(file); // a JVM that has mapped it keeps it
                }
            }
        }
    }

    /** Returns false if the process was killed before or while it wrote the archive. */
    private boolean isComplete() throws IOException {
        if (!Files.exists(dump)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(dump)) {
            return Arrays.equals(in.readNBytes(COMPLETE.length), COMPLETE);
        }
    }

    /** Changes with the JVM and with path, size or time of any jar. */
    private static String fingerprint(List<Path> classPath) throws IOException {
        MessageDigest digest = sha256();
        update(digest, System.getProperty("java.home"), System.getProperty("java.vm.version"));
        for (Path jar : classPath) {
            update(digest, jar, Files.size(jar), Files.getLastModifiedTime(jar));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static void update(MessageDigest digest, Object... values) {
        digest.update(Arrays.toString(values).getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JVM has it
        }
    }
}
