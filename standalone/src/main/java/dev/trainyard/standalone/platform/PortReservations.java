package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Which ports were given to somebody who may not listen on them yet: between the choice and the start of a process lie
 * seconds, in which another launcher of the same user must not choose them too. A claim is one locked byte of a file
 * and lasts as long as the process that made it.
 */
final class PortReservations {
    private static final Path FILE = Path.of(
            System.getProperty("java.io.tmpdir"), "trainyard-ports-" + System.getProperty("user.name") + ".lock");
    private static final Set<Integer> RESERVED = new HashSet<>();
    private static FileChannel lockFile;

    private PortReservations() {}

    /** False if somebody has it. */
    static synchronized boolean reserve(int port) throws IOException {
        if (RESERVED.contains(port)) {
            return false;
        }
        if (lockFile == null) {
            // never closed: that would give up every claim
            lockFile = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        try {
            if (lockFile.tryLock(port, 1, false) == null) {
                return false;
            }
        } catch (OverlappingFileLockException e) {
            return false; // another copy of this class in this process
        }
        return RESERVED.add(port);
    }
}
