package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.terminal.InputFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A multipart/form-data body of texts and files. Files are streamed when the request is sent. */
public final class MultipartForm implements RequestBody {
    private final String boundary = "trainyard-" + UUID.randomUUID();
    private final List<RequestBody> parts = new ArrayList<>();

    public MultipartForm text(String name, String text) {
        return add("Content-Disposition: form-data; name=\"%s\"\r\n\r\n".formatted(name), bytes(text));
    }

    /** @throws CommandException if the file cannot be read */
    public MultipartForm file(String name, Path file) throws CommandException {
        InputFile.readable(file);
        try {
            return add(
                    "Content-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                            .formatted(name, quoted(file)),
                    new FileContent(file, Files.size(file)));
        } catch (IOException e) {
            throw CommandException.usage("%s cannot be read: %s".formatted(file, e.getMessage()), null);
        }
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    @Override
    public long length() {
        long length = end().length();
        for (RequestBody part : parts) {
            length += part.length();
        }
        return length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (RequestBody part : parts) {
            part.writeTo(out);
        }
        end().writeTo(out);
    }

    private RequestBody end() {
        return bytes("--" + boundary + "--\r\n");
    }

    private MultipartForm add(String headers, RequestBody content) {
        parts.add(bytes("--" + boundary + "\r\n" + headers));
        parts.add(content);
        parts.add(bytes("\r\n"));
        return this;
    }

    private static RequestBody bytes(String text) {
        return RequestBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(Path file) {
        return file.getFileName().toString().replace("\"", "%22").replaceAll("[\\r\\n]", " ");
    }

    /** A file part with the length that was announced in Content-Length. */
    private record FileContent(Path file, long length) implements RequestBody {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (Files.copy(file, out) != length) {
                throw new IOException(file + " was changed while it was sent");
            }
        }
    }
}
