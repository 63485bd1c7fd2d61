package dev.trainyard.standalone.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lets a process have the processor only as far as the others leave it, where the system can. */
public final class LowPriority {
    private static final int NICENESS = 10;
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Path NICE = Path.of("/usr/bin/nice");

    private LowPriority() {}

    /** {@code command}, or one that ends in it and keeps its process id. */
    public static List<String> of(List<String> command) {
        if (!Files.isExecutable(SHELL) || !Files.isExecutable(NICE)) {
            return command;
        }
        // Linux shares the processor among sessions first, and niceness counts within one; each process here has its
        // own
        String script = "{ echo %1$d > /proc/self/autogroup; } 2> /dev/null; exec %2$s -n %1$d \"$@\""
                .formatted(NICENESS, NICE);
        List<String> low = new ArrayList<>(List.of(SHELL.toString(), "-c", script, "sh"));
        low.addAll(command);
        return low;
    }
}
