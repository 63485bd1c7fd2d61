package dev.trainyard.trainer.imports;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a check process with limits enforced by the kernel: an empty environment, no input, no network if the machine
 * allows to remove it, and {@code ulimit} of the shell, which all systems have, for memory, time and files.
 */
final class CheckCommand {
    private static final Logger LOG = LoggerFactory.getLogger(CheckCommand.class);

    /** Exit status of the shell if ulimit failed. */
    static final int LIMITS_MISSING = 73;

    private static final String SHELL = "/bin/sh";
    private static final long PROBE_SECONDS = 10;
    private static final long HEAP_MEGABYTES = 512;
    /** Seconds from the signal at the end of the processor time to the kill. */
    private static final int GRACE_SECONDS = 5;

    /** System properties passed on, which native libraries need. */
    private static final List<String> PASSED =
            List.of("org.bytedeco.javacpp.platform.extension", "org.eclipse.deeplearning4j.helpers.disable");

    private final CheckLimits limits;
    private final List<String> withoutNetwork;
    private final List<String> java;

    private CheckCommand(CheckLimits limits, List<String> withoutNetwork, List<String> java) {
        this.limits = limits;
        this.withoutNetwork = withoutNetwork;
        this.java = java;
    }

    static CheckCommand of(CheckLimits limits) {
        return new CheckCommand(limits, withoutNetwork(), java(CheckMain.class.getName()));
    }

    /** Like {@link #of} with another main class, for tests. */
    static CheckCommand of(CheckLimits limits, Class<?> main) {
        return new CheckCommand(limits, withoutNetwork(), java(main.getName()));
    }

    Process start(CheckMain.CheckRequest request, CheckFolder folder) throws IOException {
        List<String> command = new ArrayList<>(withoutNetwork);
        command.addAll(List.of(SHELL, "-c", script(), "sh"));
        command.addAll(java);
        command.addAll(request.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.path().toFile())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(folder.outputFile().toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(folder));
        return builder.start();
    }

    /**
     * Contains nothing of the trainer's environment, only settings that save native libraries memory for unused
     * threads.
     */
    private static Map<String, String> environment(CheckFolder folder) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("HOME", folder.path().toString());
        environment.put("TMPDIR", folder.path().toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("OMP_NUM_THREADS", "1");
        environment.put("OPENBLAS_NUM_THREADS", "1");
        environment.put("MALLOC_ARENA_MAX", "2");
        return environment;
    }

    private String script() {
        long seconds = Math.max(1, limits.processor().toSeconds());
        return ("ulimit -c 0 && ulimit -n %d && ulimit -v %d && ulimit -f %d && ulimit -S -t %d && ulimit -H -t %d"
                        + " || exit %d\nexec \"$@\"")
                .formatted(
                        CheckLimits.FILES,
                        limits.memory() >> 10,
                        CheckLimits.FILE_BYTES / 512,
                        seconds,
                        seconds + GRACE_SECONDS,
                        LIMITS_MISSING);
    }

    private static List<String> java(String main) {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(List.of(
                "-Xmx%dm".formatted(HEAP_MEGABYTES),
                "-Xss2m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=48m",
                "-XX:CompressedClassSpaceSize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-XX:+DisableAttachMechanism",
                "-Djava.io.tmpdir=.",
                "-Djava.awt.headless=true",
                "-Dorg.bytedeco.javacpp.cachedir=" + nativeLibraries(),
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"));
        for (String property : PASSED) {
            String value = System.getProperty(property);
            if (value != null) {
                java.add("-D%s=%s".formatted(property, value));
            }
        }
        java.addAll(List.of("-cp", classPath(), main));
        return java;
    }

    /**
     * JavaCPP's folder of unpacked libraries, shared so that each check need not unpack them again. The trainer loads none
     * from it, because a check can write to it.
     */
    static Path nativeLibraries() {
        String set = System.getProperty("org.bytedeco.javacpp.cachedir");
        Path own = set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".javacpp", "cache");
        return own.toAbsolutePath().resolve("of-checks");
    }

    /** Class path of the service, or of the test. */
    private static String classPath() {
        Path own = Path.of(CheckMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        Path folder = own.getParent();
        Path application = folder == null ? null : folder.getParent();
        Path libraries = application == null ? null : application.resolve("lib");
        if (libraries != null && Files.isRegularFile(own) && Files.isDirectory(libraries.resolve("main"))) {
            return String.join(
                    File.pathSeparator,
                    own.toString(),
                    libraries.resolve("main") + "/*",
                    libraries.resolve("boot") + "/*");
        }
        return System.getProperty("java.class.path");
    }

    /** Command prefix that removes the network; empty if that is not possible. */
    private static List<String> withoutNetwork() {
        for (String path : List.of("/usr/bin/unshare", "/bin/unshare")) {
            List<String> command = List.of(path, "--map-root-user", "--net", "--");
            if (Files.isExecutable(Path.of(path)) && succeeds(command)) {
                return command;
            }
        }
        LOG.warn(
                "files to import are checked by a process that has the network of the trainer: unshare of util-linux is missing, or may not make namespaces here");
        return List.of();
    }

    private static boolean succeeds(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(SHELL, "-c", "exit 0"));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            try {
                boolean ended = process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS);
                return ended && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.debug("{} does not start", prefix, e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
