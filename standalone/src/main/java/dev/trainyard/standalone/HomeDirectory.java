package dev.trainyard.standalone;

import java.nio.file.Path;

/** The clone that contains the launcher. */
public final class HomeDirectory {
    private HomeDirectory() {}

    public static Path path() {
        return Path.of(System.getProperty("trainyard.home", "."))
                .toAbsolutePath()
                .normalize();
    }
}
