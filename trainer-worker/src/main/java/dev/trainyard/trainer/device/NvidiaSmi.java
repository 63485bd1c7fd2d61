package dev.trainyard.trainer.device;

import dev.trainyard.device.Accelerator;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the GPUs of this machine from {@code nvidia-smi}, so that no CUDA library is loaded where there is none. */
public final class NvidiaSmi {
    private static final Logger LOG = LoggerFactory.getLogger(NvidiaSmi.class);
    private static final String QUERY =
            "--query-gpu=index,uuid,name,driver_version,compute_cap,memory.total,memory.free";
    private static final long MIB = 1024 * 1024;
    private static final int MAX_OUTPUT = 64 * 1024;
    private static final Pattern CAPABILITY = Pattern.compile("\\d{1,2}\\.\\d{1,2}");
    private static final Pattern DRIVER = Pattern.compile("\\d{1,6}(\\.\\d{1,6}){0,3}");
    /** Fields before the name, which may contain commas, and after it. */
    private static final int BEFORE_NAME = 2;

    private static final int AFTER_NAME = 4;

    private final String command;
    private final Duration limit;

    /** @param limit time after which the command is killed, because a broken driver makes it hang */
    public NvidiaSmi(String command, Duration limit) {
        this.command = command;
        this.limit = limit;
    }

    /**
     * Result of a query.
     *
     * @param problem why there may be more GPUs, as a sentence; null if the list is complete
     */
    public record Answer(List<Accelerator> gpus, @Nullable String problem) {
        public Answer {
            gpus = List.copyOf(gpus);
        }
    }

    /** A machine without the command has no NVIDIA GPU. */
    public Answer query() throws InterruptedException {
        try {
            // a file instead of a pipe, which a child of the command could keep open
            Path output = Files.createTempFile("nvidia-smi", ".csv");
            try {
                return query(output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Answer(List.of(), "The output of %s cannot be stored: %s.".formatted(command, e));
        }
    }

    private Answer query(Path output) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command, QUERY, "--format=csv,noheader,nounits")
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            LOG.debug("no GPU: {} does not start", command, e);
            return new Answer(List.of(), null);
        }
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return failure("did not end within %d s; check the driver".formatted(limit.toSeconds()));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = text(output);
        return process.exitValue() == 0
                ? parse(said)
                : failure("ended with status %d: %s".formatted(process.exitValue(), firstLine(said)));
    }

    private static String text(Path output) throws IOException {
        try (var in = Files.newInputStream(output)) {
            return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
        }
    }

    private Answer parse(String csv) {
        List<Accelerator> gpus = new ArrayList<>();
        for (String line : csv.lines().filter(line -> !line.isBlank()).toList()) {
            Accelerator gpu = gpu(line);
            if (gpu == null) {
                return new Answer(
                        gpus,
                        failure("printed a line that is not a GPU: " + firstLine(line))
                                .problem());
            }
            gpus.add(gpu);
        }
        return new Answer(gpus, null);
    }

    /** Returns null if the line does not describe a GPU. */
    private static @Nullable Accelerator gpu(String line) {
        String[] fields = line.strip().split("\\s*,\\s*", -1);
        int afterName = fields.length - AFTER_NAME;
        if (afterName <= BEFORE_NAME
                || !fields[0].matches("\\d{1,4}")
                || !DRIVER.matcher(fields[afterName]).matches()) {
            return null;
        }
        String capability = fields[afterName + 1];
        return new Accelerator(
                Integer.parseInt(fields[0]),
                fields[1],
                String.join(", ", List.of(fields).subList(BEFORE_NAME, afterName)),
                fields[afterName],
                CAPABILITY.matcher(capability).matches() ? capability : null,
                bytes(fields[afterName + 2]),
                bytes(fields[afterName + 3]));
    }

    /** {@code [N/A]} and {@code [Insufficient Permissions]} are unknown. */
    private static @Nullable Long bytes(String mebibytes) {
        return mebibytes.matches("\\d{1,9}") ? Long.parseLong(mebibytes) * MIB : null;
    }

    private Answer failure(String what) {
        return new Answer(List.of(), "%s %s.".formatted(command, what));
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("").strip();
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }
}
