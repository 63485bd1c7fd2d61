package dev.trainyard.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/**
 * Standard output. Whoever reads it may stop, as {@code head} does, and a disk may be full; a {@link PrintWriter} keeps an
 * {@link IOException} to itself, so this throws what it lets pass.
 */
public final class Stdout extends OutputStream {
    private final OutputStream out;

    public Stdout() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    Stdout(OutputStream out) {
        this.out = out;
    }

    /** Results are lost. */
    public static final class WriteFailedException extends RuntimeException {
        WriteFailedException(IOException cause) {
            super("stdout cannot be written: " + cause.getMessage(), cause);
        }

        /** Whether there is just nobody any more who reads. */
        public boolean isClosedPipe() {
            return String.valueOf(getCause().getMessage()).contains("Broken pipe");
        }
    }

    /** For text, each line as soon as it is whole. */
    public PrintWriter writer() {
        // as System.out has it; Java 17 has no name for that, newer ones have stdout.encoding
        String charset =
                System.getProperty("stdout.encoding", Charset.defaultCharset().name());
        return new PrintWriter(new OutputStreamWriter(this, Charset.forName(charset)), true);
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /** @throws WriteFailedException if they cannot be written */
    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new WriteFailedException(e);
        }
    }
}
