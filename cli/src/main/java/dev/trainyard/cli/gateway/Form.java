package dev.trainyard.cli.gateway;

import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.UserFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A multipart form of texts and files; files are read as they are sent. */
public final class Form implements Body {
    private final String boundary = "trainyard-" + UUID.randomUUID();
    private final List<Body> parts = new ArrayList<>();

    public Form text(String name, String text) {
        return add("Content-Disposition: form-data; name=\"%s\"\r\n\r\n".formatted(name), bytes(text));
    }

    /** @throws CommandFailure if it cannot be read */
    public Form file(String name, Path file) throws CommandFailure {
        UserFile.readable(file);
        try {
            return add(
                    "Content-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                            .formatted(name, quoted(file)),
                    new Content(file, Files.size(file)));
        } catch (IOException e) {
            throw CommandFailure.usage("%s cannot be read: %s".formatted(file, e.getMessage()), null);
        }
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    @Override
    public long length() {
        long length = end().length();
        for (Body part : parts) {
            length += part.length();
        }
        return length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (Body part : parts) {
            part.writeTo(out);
        }
        end().writeTo(out);
    }

    private Body end() {
        return bytes("--" + boundary + "--\r\n");
    }

    private Form add(String headers, Body content) {
        parts.add(bytes("--" + boundary + "\r\n" + headers));
        parts.add(content);
        parts.add(bytes("\r\n"));
        return this;
    }

    private static Body bytes(String text) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(Path file) {
        return file.getFileName().toString().replace("\"", "%22").replaceAll("[\\r\\n]", " ");
    }

    /** A file, as long as it was when it was looked at. */
    private record Content(Path file, long length) implements Body {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (Files.copy(file, out) != length) {
                throw new IOException(file + " was changed while it was sent");
            }
        }
    }
}
