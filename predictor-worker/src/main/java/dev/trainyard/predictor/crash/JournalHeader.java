package dev.trainyard.predictor.crash;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The owner of a journal.
 *
 * @param errorFiles paths to which the JVM writes a fatal error, in the order in which it tries them
 */
record JournalHeader(String predictor, Instant openedAt, List<Path> errorFiles) {
    private static final String OPTION = "-XX:ErrorFile=";

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
        return new JournalHeader(predictor, now, files);
    }

    String text() {
        StringBuilder text = new StringBuilder(predictor.replace('\n', ' ') + "\n" + openedAt.toEpochMilli());
        errorFiles.forEach(file -> text.append('\n').append(file));
        return text.toString();
    }

    static JournalHeader parse(String text) {
        String[] lines = text.split("\n");
        long millis = lines.length > 1 && lines[1].matches("[0-9]{1,15}") ? Long.parseLong(lines[1]) : 0;
        List<Path> files = Stream.of(lines).skip(2).map(Path::of).toList();
        return new JournalHeader(lines[0], Instant.ofEpochMilli(millis), files);
    }
}
