package dev.trainyard.standalone.postgres;

import dev.trainyard.standalone.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts PostgreSQL's programs as somebody else than root, as they refuse root. In a user namespace without a mapping a
 * process has no privileged id of its own, and still may read and write what root owns.
 */
final class PrivilegeDrop {
    private static final String[] NAMESPACE = {"unshare", "--user"};

    private PrivilegeDrop() {}

    /** {@code command}, preceded by what drops root's privileges where they are held. */
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
