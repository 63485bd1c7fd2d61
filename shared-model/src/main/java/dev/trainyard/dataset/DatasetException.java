package dev.trainyard.dataset;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of a dataset is missing, damaged or has an unexpected format; the message names the file and the position.
 */
public class DatasetException extends IOException {
    private final String problem;

    public DatasetException(Path file, String problem) {
        super(file + ": " + problem);
        this.problem = problem;
    }

    public DatasetException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
        this.problem = problem;
    }

    /** The problem without the file name. */
    public String problem() {
        return problem;
    }

    /** A problem at {@code offset} bytes from the start of {@code file}. */
    public static DatasetException at(Path file, long offset, String problem) {
        return new DatasetException(file, "at byte %d: %s".formatted(offset, problem));
    }
}
