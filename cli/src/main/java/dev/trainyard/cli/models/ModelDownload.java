package dev.trainyard.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.Json;
import dev.trainyard.cli.Session;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.terminal.Stdout;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Saves the ONNX file of a version once its SHA-256 fits. */
final class ModelDownload {
    private final Session session;

    ModelDownload(Session session) {
        this.session = session;
    }

    /**
     * @param version null for the one in production
     * @param wanted name of the file, - for standard output, null for a name of its own
     */
    int save(String name, Integer version, String wanted) throws CommandFailure {
        GatewayClient gateway = session.gateway();
        HttpResponse<byte[]> answer;
        int number;
        try {
            number = version == null ? production(gateway, name) : version;
            answer = gateway.download(ModelPaths.version(name, number) + "/model.onnx");
        } catch (CommandFailure e) {
            throw ModelPaths.inWords(e);
        }
        check(answer);
        if ("-".equals(wanted)) {
            new Stdout().write(answer.body(), 0, answer.body().length);
            return ExitCodes.DONE;
        }
        Path file = place(wanted, "%s-%d.onnx".formatted(name, number));
        try {
            write(file, answer.body());
        } catch (IOException e) {
            throw CommandFailure.usage("%s cannot be written: %s".formatted(file, e), "Name another with --output.");
        }
        tell(file.toString(), name, number, answer.body().length);
        return ExitCodes.DONE;
    }

    private static int production(GatewayClient gateway, String name) throws CommandFailure {
        JsonNode production = gateway.get(ModelPaths.model(name)).path("production");
        if (production.isInt()) {
            return production.intValue();
        }
        throw new CommandFailure(ExitCodes.NOT_FOUND, "No version of %s is in production.".formatted(name), null);
    }

    private static void check(HttpResponse<byte[]> answer) throws CommandFailure {
        String promised = answer.headers().firstValue("ETag").orElse("").replace("\"", "");
        if (!promised.equals(sha256(answer.body()))) {
            throw new CommandFailure(
                    ExitCodes.UNREACHABLE,
                    "The file arrived damaged: its SHA-256 is not the gateway's \"%s\".".formatted(promised),
                    "Try again; ./trainyard doctor tells whether a gateway answers.");
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** In a folder it gets a name of its own. */
    private static Path place(String wanted, String ownName) throws CommandFailure {
        try {
            Path file = Path.of(wanted == null ? ownName : wanted);
            return Files.isDirectory(file) ? file.resolve(ownName) : file;
        } catch (InvalidPathException e) {
            throw CommandFailure.usage("%s cannot be a file's name here: %s".formatted(wanted, e.getReason()), null);
        }
    }

    /** Under another name first: whoever breaks it off leaves no half file under the right one. */
    private static void write(Path file, byte[] bytes) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // such as /dev/null, which must stay what it is
            Files.write(file, bytes);
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        Path part = Files.createTempFile(folder, "." + file.getFileName(), ".part");
        try {
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--"));
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void tell(String file, String name, int version, int size) {
        if (session.console().json()) {
            ObjectNode saved = Json.object();
            session.console()
                    .result(saved.put("file", file)
                            .put("name", name)
                            .put("version", version)
                            .put("size", size));
        } else {
            session.console().result(file);
        }
    }
}
