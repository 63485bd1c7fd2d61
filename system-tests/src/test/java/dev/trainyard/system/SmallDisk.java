package dev.trainyard.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A disk of a few MiB, in memory; to be had by root only. Gone at {@link #close}, at the latest with this JVM. */
final class SmallDisk implements AutoCloseable {
    private final Path root;
    private final Path filler;
    private final Thread atExit = new Thread(this::unmount);

    private SmallDisk(Path root) {
        this.root = root;
        this.filler = root.resolve("filler");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** @return empty if this user, or this container, may not mount */
    static Optional<SmallDisk> mount(Path root, int mebibytes) throws IOException {
        Files.createDirectories(root);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mebibytes), "tmpfs", root.toString());
        return mounted ? Optional.of(new SmallDisk(root)) : Optional.empty();
    }

    /** Fills it but for {@code bytes}. */
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

    /** Also while a process that did not end has a file open: it is gone from the tree at once, and then for good. */
    private void unmount() {
        if (!run("umount", root.toString()) && !run("umount", "--lazy", root.toString())) {
            System.err.println("could not be unmounted: " + root);
        }
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false; // no such program here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
