package dev.trainyard.standalone.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lets a running process have the processor only as far as others leave it, where the system can. */
public final class LowPriority {
    private static final int NICENESS = 10;
    private static final int LOWEST = 19;
    private static final Path RENICE = Path.of("/usr/bin/renice");
    /** Threads that are started meanwhile inherit the old niceness from one that is not lowered yet. */
    private static final int ROUNDS = 5;

    private LowPriority() {}

    /** Lowers every thread of {@code process}; what it starts later inherits that. */
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
            SystemCommand.run(command); // a thread that has just ended is no failure
        }
    }

    /**
     * Linux shares the processor among sessions first, and niceness counts within one; each process here has a session of
     * its own.
     */
    private static void setSessionPriority(Path folder) {
        try {
            Files.writeString(folder.resolve("autogroup"), String.valueOf(NICENESS));
        } catch (IOException e) {
            // this kernel does not group sessions
        }
    }

    /** Threads that have ended meanwhile are left out: reading of one may fail in several ways. */
    static List<String> nicerThan(int niceness, Path tasks) throws IOException {
        List<String> threads = new ArrayList<>();
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path thread : all.toList()) {
                try {
                    if (niceness(thread) < niceness) {
                        threads.add(thread.getFileName().toString());
                    }
                } catch (IOException | RuntimeException e) {
                    // it has ended: there is no such file, no such process, or nothing in it
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
        // the second field is a name in parentheses that may hold anything; niceness is the 19th
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }
}
