package dev.trainyard.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads a process's environment from {@code /proc}. */
final class ProcessEnvironment {
    private ProcessEnvironment() {}

    /** @throws IOException if the process has exited or belongs to another user */
    static Map<String, String> of(ProcessHandle process) throws IOException {
        String environment = Files.readString(
                Path.of("/proc", String.valueOf(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        return Arrays.stream(environment.split("\0"))
                .map(setting -> setting.split("=", 2))
                .filter(setting -> setting.length == 2)
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1], (first, second) -> second));
    }
}
