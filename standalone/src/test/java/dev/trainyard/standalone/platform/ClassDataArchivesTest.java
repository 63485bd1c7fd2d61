package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDataArchivesTest {
    private static final byte[] COMPLETE = HexFormat.of().parseHex("a8ab0bf0");

    @TempDir
    Path home;

    private Path scratch;
    private Path jar;

    @BeforeEach
    void program() throws IOException {
        scratch = Files.createDirectory(home.resolve("scratch"));
        jar = Files.createDirectory(home.resolve("app")).resolve("service.jar");
        Files.writeString(jar, "first build");
    }

    @Test
    void aFirstProcessWritesTheArchiveThatLaterOnesUse() throws IOException {
        ClassDataArchives first = new ClassDataArchives(home);
        assertThat(options(first)).contains("-XX:ArchiveClassesAtExit=" + dump());
        assertThat(options(first)).as("a second process of the same kind").isEmpty();
        Files.write(dump(), COMPLETE);
        first.store();

        assertThat(options(new ClassDataArchives(home))).containsExactly("-XX:SharedArchiveFile=" + onlyArchive());
    }

    @Test
    void anArchiveOfAnEarlierBuildIsReplaced() throws IOException {
        writeArchive();
        Path earlier = onlyArchive();
        Files.writeString(jar, "second build, of another size");

        writeArchive();

        assertThat(onlyArchive()).isNotEqualTo(earlier);
    }

    @Test
    void anIncompleteArchiveIsNotKept() throws IOException {
        ClassDataArchives archives = new ClassDataArchives(home);
        options(archives);
        Files.write(dump(), new byte[4096]);

        archives.store();

        assertThat(options(new ClassDataArchives(home))).contains("-XX:ArchiveClassesAtExit=" + dump());
    }

    @Test
    void thereIsNoArchiveForFoldersOfClassesOrWithAnAgent() throws IOException {
        ClassDataArchives archives = new ClassDataArchives(home);
        String folders = "%s:%s".formatted(jar, scratch);

        assertThat(archives.options("kafka", folders, scratch, List.of())).isEmpty();
        assertThat(archives.options("gateway", jar.toString(), scratch, List.of("-javaagent:otel.jar")))
                .isEmpty();
    }

    /** The first bytes of an archive that this JVM writes are those that mark a complete one. */
    @Test
    void theJvmWritesAnArchiveThatIsComplete() throws IOException {
        Path real = Path.of(org.assertj.core.api.Assertions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        ClassDataArchives archives = new ClassDataArchives(home);
        List<String> command = new ArrayList<>(List.of(ServiceJar.java()));
        command.addAll(archives.options("real", real + ":" + real, scratch, List.of()));
        command.addAll(List.of("-cp", real.toString(), "--list-modules"));

        assertThat(SystemCommand.run(command).status()).isZero();
        archives.store();

        assertThat(onlyArchive()).isRegularFile();
    }

    private void writeArchive() throws IOException {
        ClassDataArchives archives = new ClassDataArchives(home);
        options(archives);
        Files.write(dump(), COMPLETE);
        archives.store();
    }

    private List<String> options(ClassDataArchives archives) throws IOException {
        return archives.options("gateway", jar.toString(), scratch, List.of());
    }

    private Path dump() {
        return scratch.resolve("classes.jsa");
    }

    private Path onlyArchive() throws IOException {
        try (Stream<Path> all = Files.list(home.resolve("target/class-data"))) {
            List<Path> archives = all.toList();
            assertThat(archives).hasSize(1);
            return archives.get(0);
        }
    }
}
