package dev.trainyard.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A tmpfs of a few MiB, which needs root. It is unmounted by {@link #close}, or at the exit of this JVM. */
final class SmallDisk implements AutoCloseable {
    private final Path root;
    private final Path filler;
    private final Thread atExit = new Thread(this::unmount);

    private SmallDisk(Path root) {
        this.root = root;
        this.filler = root.resolve("filler");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** @return empty if mounting is not permitted */
    static Optional<SmallDisk> mount(Path root, int mebibytes) throws IOException {
        Files.createDirectories(root);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mebibytes), "tmpfs", root.toString());
        return mounted ? Optional.of(new SmallDisk(root)) : Optional.empty();
    }

    /** Fills the disk except for {@code bytes}. */
    void leave(long bytes) throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (root.toFile().getUsableSpace() > bytes) {
                out.write(page);
            }
        }
    }

    void makeRoom() throws IOException {
        Files.deleteIfExists(filler);
    }

    @Override
    public void close() {
        unmount();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /** A lazy unmount works even if a process still has a file open. */
    private void unmount() {
        if (!run("umount", root.toString()) && !run("umount", "--lazy", root.toString())) {
            System.err.println("could not be unmounted: " + root);
        }
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false; // the program is not installed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
