package dev.trainyard.cli.terminal;

import dev.trainyard.cli.error.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files that are named on the command line. Every problem with them is a usage error. */
public final class InputFile {
    private static final String STANDARD_INPUT = "-";
    /** Twice the gateway's limit for a request body. */
    private static final int MAX_MEGABYTES = 16;

    private InputFile() {}

    /** @param name of the file, or - for standard input */
    public static byte[] read(String name, Console console) throws CommandException {
        try {
            if (name.equals(STANDARD_INPUT)) {
                console.awaitInput();
                return read(name, System.in);
            }
            try (InputStream file = Files.newInputStream(readable(Path.of(name)))) {
                return read(name, file);
            }
        } catch (InvalidPathException e) {
            throw CommandException.usage("%s is not a valid file name: %s".formatted(name, e.getReason()), null);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static byte[] read(String name, InputStream in) throws IOException, CommandException {
        byte[] bytes = in.readNBytes(MAX_MEGABYTES * 1024 * 1024 + 1);
        if (bytes.length > MAX_MEGABYTES * 1024 * 1024) {
            throw CommandException.usage(
                    "%s is larger than %d MB, the limit for images and configurations."
                            .formatted(name.equals(STANDARD_INPUT) ? "Standard input" : name, MAX_MEGABYTES),
                    null);
        }
        return bytes;
    }

    /** Returns {@code file} if it can be read. */
    public static Path readable(Path file) throws CommandException {
        if (Files.isDirectory(file)) {
            throw CommandException.usage("%s is a folder, not a file.".formatted(file), null);
        }
        try {
            file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
            return file;
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static CommandException unreadable(String name, IOException e) {
        if (e instanceof NoSuchFileException) {
            return CommandException.usage("There is no file %s.".formatted(name), null);
        }
        return e instanceof AccessDeniedException
                ? CommandException.usage(
                        "%s cannot be read: permission denied.".formatted(name), "Check its permissions.")
                : CommandException.usage("%s cannot be read: %s".formatted(name, e.getMessage()), null);
    }
}
