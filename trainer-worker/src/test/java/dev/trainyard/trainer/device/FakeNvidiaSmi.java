package dev.trainyard.trainer.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Scripts that print what nvidia-smi prints on other machines. */
public final class FakeNvidiaSmi {
    private FakeNvidiaSmi() {}

    /** Prints the lines if it is called with the trainer's query, and fails otherwise. */
    public static String printing(Path folder, String csv) throws IOException {
        return script(folder, """
                case "$*" in
                  "--query-gpu=index,uuid,name,driver_version,compute_cap,memory.total,memory.free --format=csv,noheader,nounits") ;;
                  *) echo "unexpected: $*"; exit 2 ;;
                esac
                cat <<'END'
                %s
                END
                """.formatted(csv));
    }

    public static String script(Path folder, String body) throws IOException {
        Path file = folder.resolve("nvidia-smi");
        Files.writeString(file, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }
}
