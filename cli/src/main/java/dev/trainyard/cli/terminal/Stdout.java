package dev.trainyard.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Objects;

/**
 * Standard output that throws on write errors such as a closed pipe or a full disk; {@link PrintWriter} swallows every
 * {@link IOException}.
 */
public final class Stdout extends OutputStream {
    private final OutputStream out;

    public Stdout() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    Stdout(OutputStream out) {
        this.out = out;
    }

    /** A result could not be written. */
    public static final class WriteFailedException extends RuntimeException {
        WriteFailedException(IOException cause) {
            super("stdout cannot be written: " + cause.getMessage(), cause);
        }

        /** Returns true if the reader closed the pipe. */
        public boolean isClosedPipe() {
            return String.valueOf(Objects.requireNonNull(getCause()).getMessage())
                    .contains("Broken pipe");
        }
    }

    /** Text writer that flushes after each line. */
    public PrintWriter writer() {
        // like System.out; the property exists from Java 19 on
        String charset =
                System.getProperty("stdout.encoding", Charset.defaultCharset().name());
        return new PrintWriter(new OutputStreamWriter(this, Charset.forName(charset)), true);
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /** @throws WriteFailedException if the bytes cannot be written */
    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new WriteFailedException(e);
        }
    }
}
