package dev.trainyard.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformRegistryTest {
    @TempDir
    Path folder;

    /** Adds a platform, says so, and lives until its input ends. */
    static final class Launcher {
        private Launcher() {}

        public static void main(String[] args) throws Exception {
            new PlatformRegistry(Path.of(args[0])).add(platform());
            System.out.println("added");
            System.in.read();
        }
    }

    private static RunningPlatform platform() {
        return new RunningPlatform("http://127.0.0.1:8083", Path.of("/a folder/ä=data"), Path.of("/home/me"));
    }

    @Test
    void aPlatformIsKnownToOtherProcessesUntilItsLauncherIsKilled() throws Exception {
        Path place = folder.resolve("state/trainyard");
        PlatformRegistry registry = new PlatformRegistry(place);
        assertThat(registry.running()).isEmpty();
        Process launcher = launcher(place);
        try {
            assertThat(registry.running()).containsExactly(platform());
            assertThat(registry.running()).as("asked again").containsExactly(platform());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
                    .isEqualTo("rwx------");
        } finally {
            launcher.destroyForcibly().waitFor();
        }
        assertThat(registry.running()).isEmpty();
        assertThat(files(place)).as("what it left").hasSize(1);
        Files.setLastModifiedTime(
                files(place).get(0), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        registry.add(platform()).close();
        assertThat(files(place)).isEmpty();
    }

    @Test
    void anInvalidFileIsIgnored() throws Exception {
        Files.writeString(folder.resolve("1.platform"), "url=http://127.0.0.1:1\n");
        Files.writeString(folder.resolve("2.platform"), "");
        Files.writeString(folder.resolve("notes.txt"), "url=http://127.0.0.1:1\n");
        assertThat(new PlatformRegistry(folder).running()).isEmpty();
    }

    /** Each is locked, as by a launcher that lives. */
    @Test
    void aDamagedFileDoesNotHideOtherPlatforms() throws Exception {
        List<FileChannel> locked = new ArrayList<>();
        List<String> damaged = List.of(
                "url=http://127.0.0.1:1\ndata-dir=/d\nhome=\\u00zz\n",
                "url=http://127.0.0.1:1\ndata-dir=\\u0000\nhome=/h\n",
                "url=no address\ndata-dir=/d\nhome=/h\n",
                "url=http://127.0.0.1:1\n",
                "\u0000\u0001\ufffd");
        try {
            for (int i = 0; i < damaged.size(); i++) {
                FileChannel channel = FileChannel.open(
                        folder.resolve(i + ".platform"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                locked.add(channel);
                channel.lock();
                channel.write(ByteBuffer.wrap(damaged.get(i).getBytes(StandardCharsets.UTF_8)));
            }
            PlatformRegistry registry = new PlatformRegistry(folder);
            try (PlatformRegistry.Entry entry = registry.add(platform())) {
                assertThat(registry.running()).containsExactly(platform());
            }
        } finally {
            for (FileChannel channel : locked) {
                channel.close();
            }
        }
    }

    /** Looks for platforms, as many clients do, until its input ends. */
    static final class Client {
        private Client() {}

        public static void main(String[] args) throws Exception {
            System.out.println("added");
            while (System.in.available() == 0) {
                new PlatformRegistry(Path.of(args[0])).running();
            }
        }
    }

    @Test
    void aClientReadingTheFileDoesNotBlockTheLauncher() throws Exception {
        Process client = process(Client.class, folder);
        try {
            PlatformRegistry registry = new PlatformRegistry(folder);
            for (int i = 0; i < 2_000; i++) {
                registry.add(platform()).close();
            }
            assertThat(client.isAlive()).isTrue();
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    private static List<Path> files(Path place) throws IOException {
        try (var files = Files.list(place)) {
            return files.toList();
        }
    }

    private static Process launcher(Path place) throws IOException {
        return process(Launcher.class, place);
    }

    private static Process process(Class<?> main, Path place) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        place.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("added");
        return process;
    }
}
