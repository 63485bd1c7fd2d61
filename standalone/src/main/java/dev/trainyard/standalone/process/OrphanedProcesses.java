package dev.trainyard.standalone.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stops the processes of a launcher that was killed. */
public final class OrphanedProcesses {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);
    /** Kernel threads never have an environment. */
    private static final Duration EXEC_LIMIT = Duration.ofSeconds(1);

    private static final String POSTGRES = "postgres";
    /** Also that of the nodes of a cluster, {@code kafka-N}. */
    private static final String KAFKA = "kafka";

    private OrphanedProcesses() {}

    /**
     * Stops every process with a pid file in {@code run}: services first, then the broker, then the database.
     *
     * @param marker an environment variable, NAME=value, of all these processes; a process without it has merely reused
     *     the pid
     * @return names of the stopped processes
     */
    public static List<String> end(Path run, String marker) throws IOException {
        List<Path> pidFiles;
        try (Stream<Path> files = Files.list(run)) {
            pidFiles = files.filter(file -> file.toString().endsWith(".pid"))
                    .sorted((a, b) -> Integer.compare(order(a), order(b)))
                    .toList();
        }
        List<String> ended = new java.util.ArrayList<>();
        for (Path file : pidFiles) {
            ProcessHandle orphan = handle(file);
            if (orphan != null && isOurs(orphan, marker)) {
                Signals.send(name(file).equals(POSTGRES) ? "INT" : "TERM", orphan);
                if (!endedWithin(orphan, STOP_LIMIT)) {
                    orphan.destroyForcibly();
                    endedWithin(orphan, STOP_LIMIT);
                }
                ended.add(name(file));
            }
            Files.delete(file);
        }
        return ended;
    }

    static boolean endedWithin(ProcessHandle process, Duration limit) {
        CompletableFuture<ProcessHandle> exit = process.onExit();
        try {
            exit.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process cannot fail", e);
        }
    }

    private static int order(Path file) {
        String name = name(file);
        return name.equals(POSTGRES) ? 2 : name.startsWith(KAFKA) ? 1 : 0;
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.pid$", "");
    }

    private static @Nullable ProcessHandle handle(Path file) throws IOException {
        String pid = Files.readString(file).strip();
        return pid.matches("\\d{1,18}") ? ProcessHandle.of(Long.parseLong(pid)).orElse(null) : null;
    }

    private static boolean isOurs(ProcessHandle process, String marker) {
        try {
            return List.of(environment(process).split("\0")).contains(marker);
        } catch (IOException e) {
            return false; // exited, or owned by another user
        }
    }

    /** Reads again until complete: during an exec the kernel shows no environment, or ends the file in the middle. */
    private static String environment(ProcessHandle process) throws IOException {
        Path file = Path.of("/proc", String.valueOf(process.pid()), "environ");
        long until = System.nanoTime() + EXEC_LIMIT.toNanos();
        String environment = Files.readString(file, StandardCharsets.ISO_8859_1);
        while (!environment.endsWith("\0") && process.isAlive() && System.nanoTime() < until) {
            Thread.yield();
            environment = Files.readString(file, StandardCharsets.ISO_8859_1);
        }
        return environment;
    }
}
