package dev.trainyard.launch;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Registry of the running platforms of this user, with one file for each, so that clients find a platform on any port.
 * The launcher holds a lock on its file while it runs; a file without a lock belongs to a killed launcher and is
 * ignored.
 */
public final class PlatformRegistry {
    private static final String SUFFIX = ".platform";
    private static final Duration ABANDONED_AGE = Duration.ofMinutes(1);

    private final Path folder;

    public PlatformRegistry(Path folder) {
        this.folder = folder;
    }

    /** The registry of this user: {@code TRAINYARD_REGISTRY_DIR}, or a folder below the user's state folder (XDG). */
    public static PlatformRegistry ofUser(Map<String, String> environment) {
        String explicit = environment.get("TRAINYARD_REGISTRY_DIR");
        if (explicit != null && !explicit.isBlank()) {
            return new PlatformRegistry(Path.of(explicit));
        }
        String state = environment.get("XDG_STATE_HOME");
        Path base = state != null && state.startsWith("/")
                ? Path.of(state)
                : Path.of(System.getProperty("user.home", "/"), ".local", "state");
        return new PlatformRegistry(base.resolve("trainyard"));
    }

    /** An entry that is valid until it is closed or this process ends. */
    public interface Entry extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Registers {@code platform}. */
    public Entry add(RunningPlatform platform) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        deleteAbandoned();
        Path file = folder.resolve(ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + SUFFIX);
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            channel.lock(); // a client reading this folder may briefly hold its own lock
            Properties properties = new Properties();
            properties.setProperty("url", platform.url());
            properties.setProperty("data-dir", platform.dataDir().toString());
            properties.setProperty("home", platform.home().toString());
            Writer writer = new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8);
            properties.store(writer, null);
            writer.flush();
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            channel.close();
            throw e;
        }
        return new LockedFile(file, channel);
    }

    private record LockedFile(Path file, FileChannel channel) implements Entry {
        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
            channel.close();
        }
    }

    /** Deletes files of killed launchers, except recent ones, whose launcher may not have locked them yet. */
    private void deleteAbandoned() throws IOException {
        Instant old = Instant.now().minus(ABANDONED_AGE);
        for (Path file : files()) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old) && isFree(channel)) {
                    Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException e) {
                // its launcher has just ended
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : all) { // without lambdas, which slow down a client's start
                files.add(file);
            }
        }
        Collections.sort(files);
        return files;
    }

    /** Platforms whose launcher is running. */
    public List<RunningPlatform> running() {
        List<RunningPlatform> running = new ArrayList<>();
        try {
            for (Path file : files()) {
                read(file, running);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return running; // without a readable registry no platform is known
        }
        return running;
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try (FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // this process holds it
        }
    }

    /** Reads one entry. A damaged or unreadable file is skipped without hiding other platforms. */
    private static void read(Path file, List<RunningPlatform> running) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // shared, so that clients do not mistake each other for a launcher
            if (isFree(channel)) {
                return;
            }
            Properties properties = new Properties();
            Reader reader = new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8);
            properties.load(reader);
            String url = properties.getProperty("url");
            String data = properties.getProperty("data-dir");
            String home = properties.getProperty("home");
            // otherwise it is being written
            if (url != null && data != null && home != null && URI.create(url).getHost() != null) {
                running.add(new RunningPlatform(url, Path.of(data), Path.of(home)));
            }
        } catch (IOException | IllegalArgumentException e) {
            // its launcher has just ended, or the file is invalid
        }
    }
}
