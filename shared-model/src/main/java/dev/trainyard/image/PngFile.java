package dev.trainyard.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/** A PNG container whose limits and chunk rules were checked; nothing has been inflated or allocated yet. */
public final class PngFile {
    /** Largest accepted width and height, in pixels. */
    public static final int MAX_SIDE = 4096;
    /** Largest accepted file, in bytes. */
    public static final int MAX_BYTES = 5 * 1024 * 1024;

    /** Largest accepted number of chunks; each costs one CRC. */
    static final int MAX_CHUNKS = 10_000;

    static final int CHUNK_FRAME = 12;
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int FIRST_CHUNK = SIGNATURE.length;
    /** First chunk of Apple's PNG variant (Xcode), whose data has no zlib header and another channel order. */
    private static final int CGBI = 0x43674249;

    /** Deflate expands two bits to at most 258 bytes. */
    private static final int MAX_INFLATION = 1032;

    private final byte[] bytes;
    private final PngHeader header;
    private final PngChunkValidator chunks;

    private PngFile(byte[] bytes, PngHeader header, PngChunkValidator chunks) {
        this.bytes = bytes;
        this.header = header;
        this.chunks = chunks;
    }

    /** Returns true if {@code bytes} start with the PNG signature. */
    public static boolean hasSignature(byte[] bytes) {
        return bytes.length >= SIGNATURE.length
                && Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }

    /**
     * Estimates the cost of processing these bytes: the file size, the inflated size announced by the header, and one
     * per pixel. Bytes that are certainly refused cost little.
     */
    public static long work(byte[] png) {
        try {
            PngHeader header = PngHeader.read(png);
            long inflated = header.inflatedSize();
            long image = inflated + (long) header.width() * header.height();
            return png.length + (canHold(png.length, inflated) ? image + EmbeddedContentCheck.work(png) : 0);
        } catch (PngException e) {
            return png.length;
        }
    }

    /**
     * Checks signature, header, limits, chunks (length, CRC, number, order), and that the file ends with IEND. Costs
     * one CRC over the bytes. Unused chunks may have a wrong CRC.
     *
     * @throws PngException with a sentence for the client
     */
    public static PngFile parse(byte[] bytes) throws PngException {
        if (!hasSignature(bytes)) {
            throw new PngException(ImageFormatDetector.explain(bytes));
        }
        if (bytes.length > MAX_BYTES) {
            throw new PngException("The PNG has %d bytes; at most %d are read.".formatted(bytes.length, MAX_BYTES));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        refuseAppleVariant(in);
        PngHeader header = PngHeader.read(bytes);
        PngChunkValidator chunks = new PngChunkValidator(bytes, header);
        CRC32 crc = new CRC32();
        int position = FIRST_CHUNK;
        for (int count = 1; !chunks.ended(); count++) {
            if (count > MAX_CHUNKS) {
                throw new PngException("The PNG has over %d chunks; save it with fewer.".formatted(MAX_CHUNKS));
            }
            int length = chunkLength(in, position);
            int type = in.getInt(position + 4);
            boolean intact = hasRightCrc(in, position, length, crc);
            if (!intact && chunks.mustBeIntact(type)) {
                throw new PngException(
                        "The PNG is damaged: the CRC of the chunk at byte %d is wrong.".formatted(position));
            }
            chunks.next(position, type, length, intact);
            position += CHUNK_FRAME + length;
        }
        if (position != bytes.length) {
            throw new PngException("The PNG is followed by %d bytes that do not belong to it; send the image alone."
                    .formatted(bytes.length - position));
        }
        if (!canHold(chunks.dataBytes(), header.inflatedSize())) {
            throw new PngException("The PNG is cut off: %d bytes cannot hold an image of %d×%d pixels."
                    .formatted(chunks.dataBytes(), header.width(), header.height()));
        }
        return new PngFile(bytes, header, chunks);
    }

    private static boolean canHold(long deflated, long inflated) {
        return inflated <= (deflated + 1) * MAX_INFLATION;
    }

    private static void refuseAppleVariant(ByteBuffer in) throws PngException {
        if (in.capacity() >= FIRST_CHUNK + 8 && in.getInt(FIRST_CHUNK + 4) == CGBI) {
            throw new PngException(
                    "The PNG is in Apple's CgBI variant, which Xcode makes for iOS apps and only Apple's "
                            + "programs read. Send the original, or convert it: "
                            + "xcrun -sdk iphoneos pngcrush -revert-iphone-optimizations input.png digit.png.");
        }
    }

    /** Checks that the chunk at {@code position} is complete and returns the length of its data. */
    private static int chunkLength(ByteBuffer in, int position) throws PngException {
        int present = in.capacity() - position - CHUNK_FRAME;
        if (present < 0) {
            throw new PngException("The PNG is cut off at byte %d, before its end.".formatted(in.capacity()));
        }
        int length = in.getInt(position);
        if (length < 0 || length > present) {
            throw new PngException(
                    "The PNG is cut off or damaged: the chunk at byte %d announces %s bytes, %d are there."
                            .formatted(position, Integer.toUnsignedString(length), present));
        }
        return length;
    }

    private static boolean hasRightCrc(ByteBuffer in, int position, int length, CRC32 crc) {
        crc.reset();
        crc.update(in.array(), position + 4, 4 + length);
        return (int) crc.getValue() == in.getInt(position + 8 + length);
    }

    /**
     * Explains to a client which format bytes without the PNG signature have (JPEG, base64 text, ...), and how to
     * convert them.
     */
    public static String explainOtherFormat(byte[] bytes) {
        return ImageFormatDetector.explain(bytes);
    }

    static byte[] signature() {
        return SIGNATURE.clone();
    }

    byte[] bytes() {
        return bytes;
    }

    PngHeader header() {
        return header;
    }

    PngChunkValidator chunks() {
        return chunks;
    }
}
