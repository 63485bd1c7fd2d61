package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import java.io.IOException;

/** Body of a file download, read as a stream. */
public final class Download implements AutoCloseable {
    private final String server;
    private final HttpResponse response;
    private final Deadline deadline;

    Download(String server, HttpResponse response, Deadline deadline) {
        this.server = server;
        this.response = response;
        this.deadline = deadline;
    }

    /** SHA-256 that the gateway states in the ETag; empty if it states none. */
    public String digest() {
        String tag = response.header("ETag");
        return tag == null ? "" : tag.replace("\"", "");
    }

    /**
     * Reads the next available bytes.
     *
     * @return number of bytes; -1 at the end
     * @throws CommandException if the download is cut off
     */
    public int read(byte[] into) throws CommandException {
        try {
            return response.body().read(into);
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    @Override
    public void close() {
        response.close();
    }
}
