package dev.trainyard.standalone;

import java.nio.file.Path;

/** The clone that the launcher belongs to. */
final class Home {
    private Home() {}

    static Path path() {
        return Path.of(System.getProperty("trainyard.home", "."))
                .toAbsolutePath()
                .normalize();
    }
}
