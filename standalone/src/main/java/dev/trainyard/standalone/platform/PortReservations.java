package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reserves ports between their choice and the start of the process that listens on them, which takes seconds in which
 * another launcher of this user could choose the same port. A reservation is a lock on one byte of a file and lasts as
 * long as this process.
 */
final class PortReservations {
    private static final Path FILE = Path.of(
            System.getProperty("java.io.tmpdir"), "trainyard-ports-" + System.getProperty("user.name") + ".lock");
    private static final Set<Integer> RESERVED = new HashSet<>();
    private static @Nullable FileChannel lockFile;

    private PortReservations() {}

    /** Returns false if the port is reserved already. */
    static synchronized boolean reserve(int port) throws IOException {
        if (RESERVED.contains(port)) {
            return false;
        }
        if (lockFile == null) {
            // never closed, because that would release every lock
            lockFile = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        try {
            if (lockFile.tryLock(port, 1, false) == null) {
                return false;
            }
        } catch (OverlappingFileLockException e) {
            return false; // locked by another copy of this class in this process
        }
        return RESERVED.add(port);
    }
}
