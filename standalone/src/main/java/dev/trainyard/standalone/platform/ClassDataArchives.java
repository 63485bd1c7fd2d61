package dev.trainyard.standalone.platform;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The {@link ClassDataArchive}s of a clone, shared by all platforms that run from it. */
final class ClassDataArchives {
    /** The JVM refuses to write an archive in their presence. */
    private static final List<String> AGENTS = List.of("-javaagent", "-agentlib", "-agentpath");

    private final Path folder;
    private final Map<String, ClassDataArchive> byKind = new HashMap<>();

    /** @param home the clone */
    ClassDataArchives(Path home) {
        this.folder = home.resolve("target/class-data");
    }

    /**
     * JVM options for a process. The first one of a kind writes the archive at exit if there is none.
     *
     * @param program the jar or class path as the JVM gets it
     * @param scratch folder of the process, empty when it starts
     * @param options all other options, from the command line and from the environment
     */
    List<String> options(String kind, String program, Path scratch, List<String> options) throws IOException {
        List<Path> jars = jars(program);
        if (!jars.stream().allMatch(Files::isRegularFile) || hasAgent(options)) {
            return List.of(); // folders, as in tests, cannot be archived either
        }
        ClassDataArchive archive = ClassDataArchive.of(folder, kind, jars, scratch);
        boolean first = byKind.putIfAbsent(kind, archive) == null;
        return archive.exists() || first ? archive.options() : List.of();
    }

    private static boolean hasAgent(List<String> options) {
        return options.stream().anyMatch(option -> AGENTS.stream().anyMatch(option::contains));
    }

    /** The jars of a class path; for the jar of a service all files beside it. */
    private static List<Path> jars(String program) throws IOException {
        List<Path> jars =
                Stream.of(program.split(File.pathSeparator)).map(Path::of).toList();
        if (jars.size() > 1) {
            return jars;
        }
        try (Stream<Path> files = Files.walk(jars.get(0).getParent())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Call after the processes have exited. */
    void store() throws IOException {
        for (ClassDataArchive archive : byKind.values()) {
            archive.store();
        }
    }
}
