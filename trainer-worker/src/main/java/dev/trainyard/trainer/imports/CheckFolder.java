package dev.trainyard.trainer.imports;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The working folder of a check process. Only the file goes in, and only bounded regular files of this folder come out.
 */
final class CheckFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckFolder.class);
    private static final String PREFIX = "trainyard-import-";
    /** Age after which the folder of a killed trainer is deleted. */
    private static final Duration LEFTOVER = Duration.ofHours(2);

    private static final int OUTPUT_BYTES = 16 << 10;
    private static final int MAX_TEXT = 800;

    private final Path folder;

    private CheckFolder(Path folder) {
        this.folder = folder;
    }

    /** Creates a folder in {@code parent} that contains only the file. */
    static CheckFolder create(Path parent, byte[] file) throws IOException {
        deleteLeftovers(parent);
        CheckFolder created = new CheckFolder(Files.createTempDirectory(parent, PREFIX)); // only its owner has access
        Files.write(created.folder.resolve(CheckMain.FILE), file);
        return created;
    }

    private static void deleteLeftovers(Path parent) {
        Instant before = Instant.now().minus(LEFTOVER);
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path old : folders) {
                if (Files.getLastModifiedTime(old, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(before)) {
                    FileTree.delete(old);
                }
            }
        } catch (IOException e) {
            LOG.warn("folders of earlier checks in {} could not be deleted: {}", parent, e.toString());
        }
    }

    Path path() {
        return folder;
    }

    Path outputFile() {
        return folder.resolve("output");
    }

    boolean has(String name) {
        return Files.isRegularFile(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws IOException if the file is missing, a link, or too large */
    byte[] read(String name, long most) throws IOException {
        Path file = folder.resolve(name);
        if (!has(name)) {
            throw new IOException("the check left no " + name);
        }
        try (SeekableByteChannel channel =
                        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                InputStream in = Channels.newInputStream(channel)) {
            byte[] bytes = in.readNBytes((int) most);
            if (in.read() >= 0) {
                throw new IOException("the check's %s has more than %,d bytes".formatted(name, most));
            }
            return bytes;
        }
    }

    CheckReport report() throws IOException {
        CheckReport report =
                WireJson.mapper().readValue(read(CheckMain.REPORT, CheckLimits.REPORT_BYTES), CheckReport.class);
        return new CheckReport(
                text(report.refused()),
                text(report.madeBy()),
                Math.max(0, report.parameters()),
                report.notes() == null
                        ? List.of()
                        : report.notes().stream().map(CheckFolder::visible).toList());
    }

    private static @Nullable String text(@Nullable String given) {
        return given == null ? null : visible(given);
    }

    private static String visible(String given) {
        String visible = given.replaceAll("\\p{Cntrl}+", " ");
        return visible.substring(0, Math.min(MAX_TEXT, visible.length()));
    }

    /** End of the process' standard output and error. */
    String output() throws IOException {
        if (!has("output")) {
            return "";
        }
        try (SeekableByteChannel channel =
                Files.newByteChannel(outputFile(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            channel.position(Math.max(0, channel.size() - OUTPUT_BYTES));
            return new String(Channels.newInputStream(channel).readNBytes(OUTPUT_BYTES), StandardCharsets.UTF_8);
        }
    }

    /** The last step of the process, as the rest of a sentence that begins with "while". */
    String lastStep() throws IOException {
        String output = output();
        int at = output.lastIndexOf(CheckMain.STEP);
        if (at < 0) {
            return "its check was started";
        }
        String rest = output.substring(at + CheckMain.STEP.length());
        return visible(rest.lines().findFirst().orElse(""));
    }

    @Override
    public void close() {
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", folder, e.toString());
        }
    }
}
