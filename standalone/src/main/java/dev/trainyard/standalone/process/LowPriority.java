package dev.trainyard.standalone.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lowers the CPU priority of a running process, where the system supports it. */
public final class LowPriority {
    /** Leaves the processor to requests, yet lets a training go on beside many other programs. */
    static final int NICENESS = 5;

    private static final int LOWEST = 19;
    private static final Path RENICE = Path.of("/usr/bin/renice");
    /** Several passes, because a thread that is not lowered yet may start threads that inherit its niceness. */
    private static final int ROUNDS = 5;

    private LowPriority() {}

    /** Lowers every thread of {@code process}; threads started later inherit the priority. */
    public static void set(ProcessHandle process) throws IOException {
        if (!Files.isExecutable(RENICE)) {
            return;
        }
        Path folder = Path.of("/proc", String.valueOf(process.pid()));
        int niceness = Math.min(LOWEST, niceness(folder) + NICENESS);
        setSessionPriority(folder);
        for (int i = 0; i < ROUNDS; i++) {
            List<String> threads = nicerThan(niceness, folder.resolve("task"));
            if (threads.isEmpty()) {
                return;
            }
            List<String> command = new ArrayList<>(List.of(RENICE.toString(), String.valueOf(niceness), "-p"));
            command.addAll(threads);
            SystemCommand.run(command); // a thread that has exited meanwhile is not an error
        }
    }

    /**
     * Linux divides CPU time between sessions first and applies niceness within each. Every process here has its own
     * session.
     */
    private static void setSessionPriority(Path folder) {
        try {
            Files.writeString(folder.resolve("autogroup"), String.valueOf(NICENESS));
        } catch (IOException e) {
            // the kernel has no autogroups
        }
    }

    /** Threads with a lower niceness; skips threads that exit while they are read. */
    static List<String> nicerThan(int niceness, Path tasks) throws IOException {
        List<String> threads = new ArrayList<>();
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path thread : all.toList()) {
                try {
                    if (niceness(thread) < niceness) {
                        threads.add(thread.getFileName().toString());
                    }
                } catch (IOException | RuntimeException e) {
                    // the thread has exited; the read fails in several ways
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return threads;
    }

    /** @param folder of a process or thread in {@code /proc} */
    static int niceness(Path folder) throws IOException {
        String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
        // the second field is a name in parentheses that may contain anything; niceness is the 19th
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }
}
