package dev.trainyard.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rotates logs of processes that write without end. */
class LogRotationTest {
    private static final int MAX_BYTES = 100_000;

    @TempDir
    Path folder;

    private final List<String> messages = new ArrayList<>();

    @Test
    void numberAndSizeOfLogsAreLimited() throws Exception {
        ProcessSpec chatter = new ProcessSpec(
                "chatter",
                List.of("sh", "-c", "i=0; while true; do i=$((i+1)); echo line $i; done"),
                Map.of(),
                () -> true,
                "TERM",
                Duration.ofSeconds(10));
        ManagedProcess process = new ManagedProcess(chatter, folder, folder, messages::add);
        try (LogRotation rotation = new LogRotation(folder, MAX_BYTES, 2, messages::add)) {
            process.start();
            for (int rounds = 0; rounds < 6; rounds++) {
                awaitBytes(process.log(), MAX_BYTES);
                rotation.rotate();
            }
            awaitBytes(process.log(), 1_000);
        } finally {
            process.stop();
        }
        assertThat(names()).containsExactlyInAnyOrder("chatter.log", "chatter.log.1", "chatter.log.2");
        assertThat(Files.readString(process.log())).as("no hole of zeros").doesNotContain("\0");
        assertThat(lastLine(folder.resolve("chatter.log.2"))).isLessThan(lastLine(folder.resolve("chatter.log.1")));
        assertThat(lastLine(folder.resolve("chatter.log.1"))).isLessThan(lastLine(process.log()));
        assertThat(messages).isEmpty();
    }

    @Test
    void withoutSpaceForACopyALogIsTruncatedAtTwiceItsSize() throws Exception {
        Path log = Files.write(folder.resolve("full.log"), new byte[MAX_BYTES + 1]);
        Files.createDirectories(folder.resolve("full.log.new/in the way"));
        Path older = Files.writeString(folder.resolve("full.log.1"), "older");
        try (LogRotation rotation = new LogRotation(folder, MAX_BYTES, 2, messages::add)) {
            rotation.rotate();
            rotation.rotate();
            assertThat(log).hasSize(MAX_BYTES + 1);
            assertThat(older).as("what is aside stays where it is").hasContent("older");
            Files.write(log, new byte[MAX_BYTES], StandardOpenOption.APPEND);
            rotation.rotate();
            assertThat(log).isEmptyFile();
            assertThat(older).hasContent("older");
        }
        assertThat(messages).singleElement().asString().contains("cannot be rotated");
    }

    @Test
    void withoutCopiesALogIsTruncated() throws Exception {
        Path log = Files.write(folder.resolve("short.log"), new byte[MAX_BYTES + 1]);
        try (LogRotation rotation = new LogRotation(folder, MAX_BYTES, 0, messages::add)) {
            rotation.rotate();
        }
        assertThat(folder).isDirectoryContaining(file -> file.equals(log));
        assertThat(log).isEmptyFile();
        assertThat(messages).isEmpty();
    }

    private static void awaitBytes(Path log, int bytes) throws Exception {
        while (Files.size(log) <= bytes) {
            Thread.sleep(10); // the file can only be polled
        }
    }

    private static long lastLine(Path log) throws IOException {
        List<String> lines = Files.readString(log).lines().toList();
        return lines.size() < 2 ? 0 : Long.parseLong(lines.get(lines.size() - 2).replaceAll("\\D", ""));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("chatter.log"))
                    .toList();
        }
    }
}
