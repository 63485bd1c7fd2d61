package dev.trainyard.cli.dataset;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;

/** Locates dataset folders. */
final class DatasetFolder {
    private DatasetFolder() {}

    static Path ofPlatform() {
        String set = System.getenv("TRAINYARD_DATASETS_DIR");
        return set != null && !set.isBlank()
                ? Path.of(set)
                : Path.of(System.getProperty("trainyard.home", "."), ".trainyard", "datasets");
    }

    /** @param name a path, or the name of a folder in the platform's dataset directory */
    static Path find(String name) throws CommandException {
        for (Path folder : new Path[] {Path.of(name), ofPlatform().resolve(name)}) {
            if (Files.isDirectory(folder)) {
                return folder;
            }
        }
        throw new CommandException(
                ExitCodes.NOT_FOUND,
                "There is no dataset %s, here or in %s.".formatted(name, ofPlatform()),
                "./trainyard dataset ls lists datasets.");
    }
}
