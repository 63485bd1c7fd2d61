package dev.trainyard.cli.gateway;

import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.UserFile;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A multipart form of texts and files; files are read as they are sent. */
public final class Form {
    private final String boundary = "trainyard-" + UUID.randomUUID();
    private final List<BodyPublisher> parts = new ArrayList<>();

    public Form text(String name, String text) {
        add("Content-Disposition: form-data; name=\"%s\"\r\n\r\n".formatted(name), BodyPublishers.ofString(text));
        return this;
    }

    /** @throws CommandFailure if it cannot be read */
    public Form file(String name, Path file) throws CommandFailure {
        try {
            add(
                    "Content-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                            .formatted(name, quoted(file)),
                    BodyPublishers.ofFile(UserFile.readable(file)));
        } catch (FileNotFoundException e) {
            throw CommandFailure.usage("There is no file %s.".formatted(file), null);
        }
        return this;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BodyPublisher body() {
        List<BodyPublisher> all = new ArrayList<>(parts);
        all.add(BodyPublishers.ofString("--" + boundary + "--\r\n"));
        return BodyPublishers.concat(all.toArray(BodyPublisher[]::new));
    }

    private void add(String headers, BodyPublisher content) {
        parts.add(BodyPublishers.ofString("--" + boundary + "\r\n" + headers));
        parts.add(content);
        parts.add(BodyPublishers.ofString("\r\n"));
    }

    private static String quoted(Path file) {
        return file.getFileName().toString().replace("\"", "%22").replaceAll("[\\r\\n]", " ");
    }
}
