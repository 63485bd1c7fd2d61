package dev.trainyard.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A PNG's container, checked before anything is decoded or allocated by what it announces.
 *
 * @param width in pixels, 1 to {@link #MAX_SIDE}
 * @param height in pixels, 1 to {@link #MAX_SIDE}
 * @param colorType 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
 * @param transparency whether a tRNS chunk is there
 */
public record PngFile(
        byte[] bytes, int width, int height, int bitDepth, int colorType, boolean interlaced, boolean transparency) {
    /** Largest width and height that is decoded, pixels. */
    public static final int MAX_SIDE = 4096;
    /** Largest file that is looked at, bytes. */
    public static final int MAX_BYTES = 5 * 1024 * 1024;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final int TRNS = 0x74524e53;
    private static final int FIRST_CHUNK = SIGNATURE.length;
    private static final int CHUNK_FRAME = 12;

    /** Whether {@code bytes} begin as every PNG does. */
    public static boolean hasSignature(byte[] bytes) {
        return bytes.length >= SIGNATURE.length
                && Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }

    /**
     * Checks signature, header, every chunk's length and CRC, and that the file ends with its IEND chunk.
     *
     * @throws PngException with a sentence for the client
     */
    public static PngFile parse(byte[] bytes) throws PngException {
        if (!hasSignature(bytes)) {
            throw new PngException("The bytes are no PNG: the PNG signature is missing.");
        }
        if (bytes.length > MAX_BYTES) {
            throw new PngException("The PNG has %d bytes; at most %d are read.".formatted(bytes.length, MAX_BYTES));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        PngFile header = header(in, bytes);
        boolean transparency = false;
        boolean data = false;
        CRC32 crc = new CRC32();
        int position = FIRST_CHUNK;
        while (true) {
            int type = checkChunk(in, position, crc);
            data |= type == IDAT;
            transparency |= type == TRNS;
            position += CHUNK_FRAME + in.getInt(position);
            if (type == IEND) {
                break;
            }
        }
        if (position != bytes.length) {
            throw new PngException(
                    "The PNG is followed by %d bytes that do not belong to it.".formatted(bytes.length - position));
        }
        if (!data) {
            throw new PngException("The PNG holds no picture: it has no IDAT chunk.");
        }
        return new PngFile(
                bytes, header.width, header.height, header.bitDepth, header.colorType, header.interlaced, transparency);
    }

    private static PngFile header(ByteBuffer in, byte[] bytes) throws PngException {
        if (bytes.length < FIRST_CHUNK + CHUNK_FRAME + 13
                || in.getInt(FIRST_CHUNK) != 13
                || in.getInt(FIRST_CHUNK + 4) != IHDR) {
            throw new PngException("The PNG is cut off or damaged: it has no whole IHDR chunk.");
        }
        int width = in.getInt(16);
        int height = in.getInt(20);
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new PngException("The PNG is %s×%s pixels; from 1×1 to %d×%d are read."
                    .formatted(Integer.toUnsignedString(width), Integer.toUnsignedString(height), MAX_SIDE, MAX_SIDE));
        }
        int bitDepth = in.get(24);
        int colorType = in.get(25);
        if (!legal(colorType, bitDepth) || in.get(26) != 0 || in.get(27) != 0 || (in.get(28) & ~1) != 0) {
            throw new PngException(
                    "The PNG's header is damaged: colour type %d with %d bits, compression %d, filter %d, interlace %d."
                            .formatted(colorType, bitDepth, in.get(26), in.get(27), in.get(28)));
        }
        return new PngFile(bytes, width, height, bitDepth, colorType, in.get(28) == 1, false);
    }

    private static boolean legal(int colorType, int bitDepth) {
        return switch (colorType) {
            case 0 -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
            case 3 -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
            case 2, 4, 6 -> bitDepth == 8 || bitDepth == 16;
            default -> false;
        };
    }

    private static int checkChunk(ByteBuffer in, int position, CRC32 crc) throws PngException {
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
        crc.reset();
        crc.update(in.array(), position + 4, 4 + length);
        if ((int) crc.getValue() != in.getInt(position + 8 + length)) {
            throw new PngException("The PNG is damaged: the CRC of the chunk at byte %d is wrong.".formatted(position));
        }
        return in.getInt(position + 4);
    }

    /** The contents of all IDAT chunks in a row: one zlib stream. */
    byte[] imageData() {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        ByteArrayOutputStream data = new ByteArrayOutputStream(bytes.length);
        for (int position = FIRST_CHUNK; position < bytes.length; position += CHUNK_FRAME + in.getInt(position)) {
            if (in.getInt(position + 4) == IDAT) {
                data.write(bytes, position + 8, in.getInt(position));
            }
        }
        return data.toByteArray();
    }
}
