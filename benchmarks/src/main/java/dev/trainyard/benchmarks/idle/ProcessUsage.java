package dev.trainyard.benchmarks.idle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Total resource use of a group of processes.
 *
 * @param ticks processor time in units of 10 ms, with that of children that have exited
 * @param memory proportional set size in bytes: shared pages count in equal parts for each process that maps them
 * @param threads number of threads
 */
public record ProcessUsage(long ticks, long memory, int threads) {
    /** Fixed by the /proc interface, independent of the timer of the kernel. */
    static final double TICKS_PER_SECOND = 100;

    private static final ProcessUsage NONE = new ProcessUsage(0, 0, 0);

    /** Reads {@code process} and its descendants from {@code /proc}. */
    static ProcessUsage ofTree(ProcessHandle process) throws IOException {
        List<ProcessHandle> all =
                Stream.concat(Stream.of(process), process.descendants()).toList();
        return of(all);
    }

    public static ProcessUsage of(List<ProcessHandle> processes) throws IOException {
        ProcessUsage sum = NONE;
        for (ProcessHandle each : processes) {
            sum = sum.plus(ofOne(Path.of("/proc", String.valueOf(each.pid()))));
        }
        return sum;
    }

    private static ProcessUsage ofOne(Path folder) throws IOException {
        try {
            String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            long memory = memory(Files.readAllLines(folder.resolve("smaps_rollup")));
            return new ProcessUsage(ticks(stat), memory, threads(stat));
        } catch (NoSuchFileException e) {
            return NONE; // has exited; its parent has its processor time
        }
    }

    /** Sum of utime, stime, cutime and cstime, fields 14 to 17 of {@code /proc/PID/stat}. */
    static long ticks(String stat) {
        String[] fields = fields(stat);
        long sum = 0;
        for (int i = 11; i < 15; i++) {
            sum += Long.parseLong(fields[i]);
        }
        return sum;
    }

    private static int threads(String stat) {
        return Integer.parseInt(fields(stat)[17]);
    }

    /** The fields from the third on; the second is a name in parentheses that may contain anything. */
    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    /** The line {@code Pss:}, in bytes. */
    static long memory(List<String> rollup) {
        return rollup.stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    ProcessUsage plus(ProcessUsage other) {
        return new ProcessUsage(ticks + other.ticks, memory + other.memory, threads + other.threads);
    }

    /** Part of one core used from {@code earlier} to this sample. */
    double coresSince(ProcessUsage earlier, double seconds) {
        return (ticks - earlier.ticks) / TICKS_PER_SECOND / seconds;
    }
}
