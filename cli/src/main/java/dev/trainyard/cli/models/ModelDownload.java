package dev.trainyard.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.Download;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Stdout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Downloads the ONNX file of a version and checks its SHA-256 before it is stored. */
final class ModelDownload {
    private static final int PIECE = 1 << 16;

    private final CommandContext context;

    ModelDownload(CommandContext context) {
        this.context = context;
    }

    /**
     * @param version null for the one in production
     * @param fileName file name, - for standard output, or null for the default name
     */
    int save(String name, Integer version, String fileName) throws CommandException {
        GatewayClient gateway = context.gateway();
        int number;
        try {
            number = version == null ? production(gateway, name) : version;
        } catch (CommandException e) {
            throw ModelPaths.withCliAdvice(e);
        }
        @Nullable Path file = "-".equals(fileName) ? null : place(fileName, "%s-%d.onnx".formatted(name, number));
        long size;
        try (Download download = begin(gateway, name, number);
                PartialFile part = new PartialFile(file)) {
            size = fetch(download, part);
            if (file == null) {
                part.copyTo(new Stdout());
                return ExitCodes.SUCCESS;
            }
            part.moveTo(file);
        } catch (NoSuchFileException e) {
            throw CommandException.usage(
                    "%s cannot be written: there is no such folder.".formatted(file), "Choose another with --output.");
        } catch (IOException e) {
            throw CommandException.usage(
                    "%s cannot be written: %s".formatted(file == null ? "A temporary file" : file, e),
                    "Choose another with --output.");
        }
        print(file.toString(), name, number, size);
        return ExitCodes.SUCCESS;
    }

    private static Download begin(GatewayClient gateway, String name, int number) throws CommandException {
        try {
            return gateway.download(ModelPaths.version(name, number) + "/model.onnx");
        } catch (CommandException e) {
            throw ModelPaths.withCliAdvice(e);
        }
    }

    /** Returns the number of bytes. */
    private static long fetch(Download download, PartialFile part) throws CommandException, IOException {
        MessageDigest sha256 = sha256();
        byte[] piece = new byte[PIECE];
        long size = 0;
        try (OutputStream out = part.open()) {
            for (int count = download.read(piece); count >= 0; count = download.read(piece)) {
                sha256.update(piece, 0, count);
                out.write(piece, 0, count);
                size += count;
            }
        }
        if (!download.digest().equals(HexFormat.of().formatHex(sha256.digest()))) {
            throw new CommandException(
                    ExitCodes.UNREACHABLE,
                    "The downloaded file is damaged: its SHA-256 differs from the gateway's \"%s\"."
                            .formatted(download.digest()),
                    "Try again; ./trainyard doctor checks the gateway.");
        }
        return size;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static int production(GatewayClient gateway, String name) throws CommandException {
        JsonNode production = gateway.get(ModelPaths.model(name)).path("production");
        if (production.isInt()) {
            return production.intValue();
        }
        throw new CommandException(ExitCodes.NOT_FOUND, "No version of %s is in production.".formatted(name), null);
    }

    /** Resolves the target; in a folder the file gets its default name. */
    private static Path place(String fileName, String defaultName) throws CommandException {
        try {
            Path file = Path.of(fileName == null ? defaultName : fileName);
            return Files.isDirectory(file) ? file.resolve(defaultName) : file;
        } catch (InvalidPathException e) {
            throw CommandException.usage("%s is not a valid file name: %s".formatted(fileName, e.getReason()), null);
        }
    }

    private void print(String file, String name, int version, long size) {
        if (context.console().json()) {
            ObjectNode saved = Json.object();
            context.console()
                    .result(saved.put("file", file)
                            .put("name", name)
                            .put("version", version)
                            .put("size", size));
        } else {
            context.console().result(file);
        }
    }
}
