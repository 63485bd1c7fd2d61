package dev.trainyard.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads the records of a TFRecord file and checks both CRCs. The bytes of the current record start at {@link
 * #offset()} in {@link #buffer()} and are valid until the next {@link #next()}; nothing is copied per record.
 */
public final class TFRecordReader implements AutoCloseable {
    private static final int HEADER = 12;
    private static final int FOOTER = 4;
    private static final int INITIAL_BUFFER = 1 << 20;
    private static final long MAX_RECORD = 1 << 30;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final MaskedCrc32c crc = new MaskedCrc32c();
    private ByteBuffer bytes =
            ByteBuffer.allocate(INITIAL_BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long position;
    private long recordStart;
    private int offset;
    private int length;

    private TFRecordReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    /** Opens {@code file}. */
    public static TFRecordReader open(Path file) throws DatasetException {
        try {
            return new TFRecordReader(file, FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new DatasetException(file, "no such file", e);
        } catch (IOException e) {
            throw new DatasetException(file, "cannot be opened: " + e.getMessage(), e);
        }
    }

    /**
     * Advances to the next record.
     *
     * @return false at the end of the file
     * @throws DatasetException with file and offset if a CRC is wrong or the file ends within a record
     */
    public boolean next() throws DatasetException {
        if (position == size) {
            return false;
        }
        recordStart = position;
        if (size - position < HEADER) {
            throw DatasetException.at(
                    file,
                    recordStart,
                    "the file ends within a record's header (%d of 12 bytes)".formatted(size - position));
        }
        need(HEADER);
        int start = bytes.position();
        long dataLength = bytes.getLong(start);
        if (crc.of(bytes.array(), start, Long.BYTES) != bytes.getInt(start + Long.BYTES)) {
            throw DatasetException.at(file, recordStart, "the CRC of the record's length is wrong");
        }
        long remaining = size - position - HEADER - FOOTER;
        if (dataLength < 0 || dataLength > MAX_RECORD) {
            throw DatasetException.at(
                    file,
                    recordStart,
                    "a record of %s bytes is too large".formatted(Long.toUnsignedString(dataLength)));
        }
        if (dataLength > remaining) {
            throw DatasetException.at(
                    file,
                    recordStart,
                    "the file ends within a record: %d bytes of data announced, %d there"
                            .formatted(dataLength, Math.max(0, remaining)));
        }
        int whole = (int) (HEADER + dataLength + FOOTER);
        need(whole);
        start = bytes.position();
        offset = start + HEADER;
        length = (int) dataLength;
        if (crc.of(bytes.array(), offset, length) != bytes.getInt(offset + length)) {
            throw DatasetException.at(file, recordStart, "the CRC of the record's data is wrong");
        }
        bytes.position(start + whole);
        position += whole;
        return true;
    }

    public byte[] buffer() {
        return bytes.array();
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** Byte offset of the current record in the file. */
    public long recordStart() {
        return recordStart;
    }

    /**
     * Makes {@code count} bytes at the buffer's position available; the caller has checked that the file contains
     * them.
     */
    private void need(int count) throws DatasetException {
        if (bytes.remaining() >= count) {
            return;
        }
        if (bytes.capacity() < count) {
            bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN).put(bytes);
        } else {
            bytes.compact();
        }
        try {
            while (bytes.position() < count) {
                if (channel.read(bytes) < 0) {
                    throw DatasetException.at(file, recordStart, "the file became shorter while it was read");
                }
            }
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(file, "at byte %d: %s".formatted(recordStart, e.getMessage()), e);
        }
        bytes.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
