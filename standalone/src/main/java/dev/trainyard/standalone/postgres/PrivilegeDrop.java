package dev.trainyard.standalone.postgres;

import dev.trainyard.standalone.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs PostgreSQL's programs without root privileges, because they refuse to run as root. In a user namespace without a
 * mapping a process has no privileged id, but keeps access to root's files.
 */
final class PrivilegeDrop {
    private static final String[] NAMESPACE = {"unshare", "--user"};

    private PrivilegeDrop() {}

    /** Returns {@code command}, prefixed to drop privileges if this process runs as root. */
    static List<String> of(List<String> command) throws IOException {
        if (!isRoot()) {
            return command;
        }
        requireNamespaces();
        List<String> dropped = new ArrayList<>(List.of(NAMESPACE));
        dropped.addAll(command);
        return dropped;
    }

    private static boolean isRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) && (int) Files.getAttribute(self, "unix:uid") == 0;
    }

    private static void requireNamespaces() throws IOException {
        SystemCommand.Result probe = SystemCommand.run(List.of(NAMESPACE[0], NAMESPACE[1], "true"));
        if (probe.status() != 0) {
            throw new IOException(
                    "PostgreSQL refuses to run as root, and this system allows no user namespace to drop root in ("
                            + probe.output() + "). Run this as an ordinary user.");
        }
    }
}
