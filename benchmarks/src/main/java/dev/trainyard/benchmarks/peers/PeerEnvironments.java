package dev.trainyard.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Virtual environments of Python with the peers; made on first use and kept in {@code .trainyard/peers}. */
public final class PeerEnvironments {
    private final Path scripts;
    private final Path folder;

    private final String interpreter;

    /** @param home the clone */
    public PeerEnvironments(Path home) {
        this(home, "python3");
    }

    PeerEnvironments(Path home, String interpreter) {
        this.interpreter = interpreter;
        scripts = home.resolve("benchmarks/peers");
        folder = home.resolve(".trainyard/peers");
    }

    /**
     * A command that runs a module or script of {@code benchmarks/peers} in the environment {@code name}.
     *
     * @param name of the file with its pinned packages, without {@code .txt}
     * @throws PeerUnavailableException if the environment cannot be made
     */
    public ProcessBuilder python(String name, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ready(name).resolve("bin/python").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(scripts.toFile());
        builder.environment()
                .putAll(Map.of(
                        "PYTHONDONTWRITEBYTECODE", "1",
                        // kept, so that only the first run pays for the compilation
                        "TORCHINDUCTOR_CACHE_DIR", folder.resolve("inductor").toString(),
                        "TF_CPP_MIN_LOG_LEVEL", "3",
                        "CUDA_VISIBLE_DEVICES", "-1"));
        return builder;
    }

    /** Output of a peer that is not measured. */
    public Path log(String name) throws IOException {
        return Files.createDirectories(folder.resolve("logs")).resolve(name + ".log");
    }

    private Path ready(String name) throws IOException, InterruptedException {
        Path packages = scripts.resolve(name + ".txt");
        Path environment = folder.resolve(name);
        Path installed = environment.resolve("installed.txt");
        if (Files.exists(installed) && Files.mismatch(installed, packages) < 0) {
            return environment;
        }
        System.err.printf("Installing the packages of %s into %s (several minutes) ...%n", packages, environment);
        try {
            run(name, List.of(interpreter, "-m", "venv", "--clear", environment.toString()));
        } catch (IOException e) {
            throw new PeerUnavailableException(
                    "The peers need %s (3.11 or later) with its module venv (Debian: python3-venv). %s"
                            .formatted(interpreter, e.getMessage()),
                    e);
        }
        try {
            // complete lists: what pip would add is not pinned
            run(
                    name,
                    List.of(
                            environment.resolve("bin/pip").toString(),
                            "install",
                            "--disable-pip-version-check",
                            "--only-binary=:all:",
                            "--no-deps",
                            "--requirement=" + packages));
        } catch (IOException e) {
            throw new PeerUnavailableException(
                    "The packages of %s were not installed; pip needs PyPI, and torch 6 GB of disk. %s"
                            .formatted(packages, e.getMessage()),
                    e);
        }
        Files.copy(packages, installed);
        return environment;
    }

    private void run(String name, List<String> command) throws IOException, InterruptedException {
        Path log = log("install-" + name);
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(
                    "%s ended with status %d; its output is in %s".formatted(command.get(0), status, log));
        }
    }
}
