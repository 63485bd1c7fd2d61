package dev.trainyard.cli.doctor;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that this machine has what the platform needs. */
final class MachineChecks {
    private static final double GIB = 1024.0 * 1024 * 1024;
    /** GiB of memory that the processes of {@code up} take together. */
    private static final double MEMORY = 3;

    private static final double DISK = 2;
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

    private final Path home;
    private final Path proc;
    private final Function<String, String> variables;

    /** @param proc the folder {@code /proc}, replaced in tests */
    MachineChecks(Path home, Path proc, Function<String, String> variables) {
        this.home = home;
        this.proc = proc;
        this.variables = variables;
    }

    List<CheckResult> all() {
        return List.of(java(), system(), processor(), memory(), disk(), maven(), archive());
    }

    private static CheckResult java() {
        String found = System.getProperty("java.version") + " of " + System.getProperty("java.vendor");
        return Runtime.version().feature() >= 17
                ? CheckResult.ok("Java", found)
                : CheckResult.broken("Java", found, "Install Java 17 or newer, or point JAVA_HOME to it.");
    }

    private static CheckResult system() {
        String found = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        return found.equals("Linux on amd64")
                ? CheckResult.ok("System", found)
                : CheckResult.broken(
                        "System", found, "The platform runs on Linux on x86_64; the client runs anywhere.");
    }

    CheckResult processor() {
        String cores = Runtime.getRuntime().availableProcessors() + " cores";
        return read("cpuinfo").contains(" avx2")
                ? CheckResult.ok("Processor", cores + ", with AVX2")
                : CheckResult.broken(
                        "Processor", cores + ", without AVX2", "Trainers need AVX2; run them on another machine.");
    }

    CheckResult memory() {
        Matcher available = AVAILABLE.matcher(read("meminfo"));
        if (!available.find()) {
            return CheckResult.warning("Memory", "not known", "The platform needs about %.0f GiB.".formatted(MEMORY));
        }
        double gib = Long.parseLong(available.group(1)) * 1024 / GIB;
        String found = text("%.1f GiB available", gib);
        return gib >= MEMORY
                ? CheckResult.ok("Memory", found)
                : CheckResult.warning(
                        "Memory", found, text("The platform needs about %.0f GiB; close other programs.", MEMORY));
    }

    CheckResult disk() {
        try {
            double gib = Files.getFileStore(home).getUsableSpace() / GIB;
            String found = text("%.1f GiB free at %s", gib, home);
            return gib >= DISK
                    ? CheckResult.ok("Disk", found)
                    : CheckResult.warning(
                            "Disk", found, "Free disk space, or choose another folder with up --data-dir.");
        } catch (IOException e) {
            return CheckResult.warning("Disk", "%s cannot be checked: %s".formatted(home, e.getMessage()), null);
        }
    }

    CheckResult maven() {
        String path = variables.apply("PATH");
        for (String folder : path == null ? new String[0] : path.split(":")) {
            if (Files.isExecutable(Path.of(folder, "mvn"))) {
                return CheckResult.ok("Maven", folder + "/mvn");
            }
        }
        return CheckResult.warning("Maven", "no mvn in PATH", "Building changed sources needs Maven 3.8 or newer.");
    }

    CheckResult archive() {
        Path archive = home.resolve("data/mnist.npz");
        return Files.isReadable(archive)
                ? CheckResult.ok("MNIST", archive.toString())
                : CheckResult.broken(
                        "MNIST", archive + " is missing", "Trainers need it at the first start; restore it.");
    }

    private String read(String file) {
        try {
            return Files.readString(proc.resolve(file));
        } catch (IOException e) {
            return ""; // not Linux, which is reported under System
        }
    }
}
