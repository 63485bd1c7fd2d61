package dev.trainyard.standalone;

import java.nio.file.Path;

/** The clone that contains the launcher. */
final class HomeDirectory {
    private HomeDirectory() {}

    static Path path() {
        return Path.of(System.getProperty("trainyard.home", "."))
                .toAbsolutePath()
                .normalize();
    }
}
