package dev.trainyard.gateway.predictions.batch;

import dev.trainyard.gateway.predictions.PredictionService;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.image.PngFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * An image in a ZIP archive, located by the archive's central directory.
 *
 * @param zip the whole archive, little-endian
 * @param packed compressed size in bytes
 * @param size uncompressed size in bytes; never more is inflated
 * @param offset of its local header
 */
record ZipImage(
        ByteBuffer zip, @Nullable String name, int flags, int method, int crc, long packed, long size, long offset)
        implements ImageBatch.Item {
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int ENCRYPTED = 1;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    /** Largest compression ratio of Deflate. */
    private static final long BEST_RATIO = 1032;

    /** Returns true if {@link #read} would inflate the file. */
    boolean isWorthInflating() {
        return size <= PngFile.MAX_BYTES && (flags & ENCRYPTED) == 0;
    }

    @Override
    public byte[] read() {
        if ((flags & ENCRYPTED) != 0) {
            throw ImageBatch.unreadable("is encrypted; send it without a password");
        }
        if (size > PngFile.MAX_BYTES) {
            throw PredictionService.tooLarge(size);
        }
        if (method != STORED && method != DEFLATED) {
            throw ImageBatch.unreadable(
                    "is compressed by method %d; stored and deflated files are read".formatted(method));
        }
        if (size > packed * BEST_RATIO || method == STORED && size != packed) {
            throw damaged();
        }
        byte[] bytes = new byte[(int) size];
        if (method == STORED) {
            zip.get(start(), bytes);
        } else {
            inflate(bytes);
        }
        CRC32 sum = new CRC32();
        sum.update(bytes);
        if ((int) sum.getValue() != crc) {
            throw damaged();
        }
        return bytes;
    }

    private int start() {
        if (offset + LOCAL_SIZE > zip.capacity() || zip.getInt((int) offset) != LOCAL_SIGNATURE) {
            throw damaged();
        }
        int local = (int) offset;
        long start = offset + LOCAL_SIZE + (zip.getShort(local + 26) & 0xffff) + (zip.getShort(local + 28) & 0xffff);
        if (start + packed > zip.capacity()) {
            throw damaged();
        }
        return (int) start;
    }

    private void inflate(byte[] bytes) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(zip.slice(start(), (int) packed));
            int done = 0;
            while (done < bytes.length) {
                int more = inflater.inflate(bytes, done, bytes.length - done);
                if (more == 0) {
                    throw damaged();
                }
                done += more;
            }
            if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
                throw damaged(); // larger than the directory says
            }
        } catch (DataFormatException e) {
            throw damaged();
        } finally {
            inflater.end();
        }
    }

    private static ProblemException damaged() {
        return ImageBatch.unreadable("is damaged in the archive: its data does not match the directory");
    }
}
