package dev.trainyard.dataset;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes TFRecord framing: length, its masked CRC-32C, data, its masked CRC-32C, all little-endian. */
public final class TFRecordWriter implements AutoCloseable {
    private final OutputStream out;
    private final MaskedCrc32c crc = new MaskedCrc32c();
    private final ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer footer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);

    public TFRecordWriter(OutputStream out) {
        this.out = out;
    }

    /** Creates or replaces {@code file}. */
    public static TFRecordWriter create(Path file) throws IOException {
        return new TFRecordWriter(new BufferedOutputStream(Files.newOutputStream(file), 1 << 18));
    }

    public void write(byte[] data) throws IOException {
        header.putLong(0, data.length);
        header.putInt(8, crc.of(header.array(), 0, 8));
        footer.putInt(0, crc.of(data, 0, data.length));
        out.write(header.array());
        out.write(data);
        out.write(footer.array());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
