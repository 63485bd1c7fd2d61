package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Identifies the process of a journal.
 *
 * @param errorFiles paths at which the JVM writes its error file, in the order in which it tries them
 * @param library load address of the JVM's library, hexadecimal. The kernel randomizes it and error
 *     files contain it, so that files of processes with the same id can be told apart when containers share a folder
 */
record JournalHeader(
        String predictor,
        Instant openedAt,
        List<Path> errorFiles,
        @Nullable String library) {
    private static final String OPTION = "-XX:ErrorFile=";
    private static final String LIBRARY = "libjvm=";
    private static final Logger LOG = LoggerFactory.getLogger(JournalHeader.class);
    private static final Path MAPS = Path.of("/proc/self/maps");

    static JournalHeader ofThisProcess(String predictor, Instant now) {
        String pid = String.valueOf(ProcessHandle.current().pid());
        List<Path> files = new ArrayList<>();
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith(OPTION)) {
                files.add(
                        0,
                        Path.of(argument.substring(OPTION.length()).replace("%p", pid))
                                .toAbsolutePath());
            }
        }
        String name = "hs_err_pid" + pid + ".log";
        files.add(Path.of(name).toAbsolutePath());
        files.add(Path.of(System.getProperty("java.io.tmpdir"), name));
        return new JournalHeader(predictor, now, files, addressOfLibrary());
    }

    private static @Nullable String addressOfLibrary() {
        try (Stream<String> maps = Files.lines(MAPS)) {
            return maps.filter(line -> line.endsWith("/libjvm.so"))
                    .map(line -> line.substring(0, line.indexOf('-')))
                    .findFirst()
                    .orElse(null);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("error files are distinguished only by name: {}", e.toString());
            return null;
        }
    }

    String text() {
        StringBuilder text = new StringBuilder(predictor.replace('\n', ' ') + "\n" + openedAt.toEpochMilli());
        if (library != null) {
            text.append('\n').append(LIBRARY).append(library);
        }
        errorFiles.forEach(file -> text.append('\n').append(file));
        return text.toString();
    }

    static JournalHeader parse(String text) {
        String[] lines = text.split("\n");
        long millis = lines.length > 1 && lines[1].matches("[0-9]{1,15}") ? Long.parseLong(lines[1]) : 0;
        String library = Stream.of(lines)
                .filter(line -> line.startsWith(LIBRARY))
                .map(line -> line.substring(LIBRARY.length()))
                .findFirst()
                .orElse(null);
        List<Path> files = Stream.of(lines)
                .skip(2)
                .filter(line -> !line.startsWith(LIBRARY))
                .map(Path::of)
                .toList();
        return new JournalHeader(lines[0], Instant.ofEpochMilli(millis), files, library);
    }
}
