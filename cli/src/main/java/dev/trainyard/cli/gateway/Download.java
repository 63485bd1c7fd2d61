package dev.trainyard.cli.gateway;

import dev.trainyard.cli.CommandException;
import java.io.IOException;

/** A file that a gateway sends, of any size. */
public final class Download implements AutoCloseable {
    private final String server;
    private final HttpResponse response;
    private final Deadline deadline;

    Download(String server, HttpResponse response, Deadline deadline) {
        this.server = server;
        this.response = response;
        this.deadline = deadline;
    }

    /** What the gateway says that its digest is; empty where it says nothing. */
    public String digest() {
        String tag = response.header("ETag");
        return tag == null ? "" : tag.replace("\"", "");
    }

    /**
     * The next bytes, as many as are there.
     *
     * @return how many; -1 at its end
     * @throws CommandException if it is cut off
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
