package dev.trainyard.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes small grey images as PNG. */
public final class PngWriter {
    private PngWriter() {}

    /**
     * An 8-bit grey PNG.
     *
     * @param pixels {@code height * width} unsigned bytes, row-major
     */
    public static byte[] grey(int width, int height, byte[] pixels) {
        if (pixels.length != width * height) {
            throw new IllegalArgumentException("%d bytes are not %d×%d pixels".formatted(pixels.length, width, height));
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(PngFile.signature());
        byte[] header = {0, 0, 0, 0, 0, 0, 0, 0, 8, PngHeader.GREY, 0, 0, 0};
        ByteBuffer.wrap(header).putInt(width).putInt(height);
        png.writeBytes(chunk(PngHeader.IHDR, header));
        png.writeBytes(chunk(PngChunkValidator.IDAT, deflated(width, height, pixels)));
        png.writeBytes(chunk(PngChunkValidator.IEND));
        return png.toByteArray();
    }

    private static byte[] deflated(int width, int height, byte[] pixels) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(data)) {
            for (int y = 0; y < height; y++) {
                out.write(0);
                out.write(pixels, y * width, width);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return data.toByteArray();
    }

    private static byte[] chunk(int type, byte... data) {
        ByteBuffer chunk = ByteBuffer.allocate(PngFile.CHUNK_FRAME + data.length);
        chunk.putInt(data.length).putInt(type).put(data);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + data.length);
        return chunk.putInt((int) crc.getValue()).array();
    }
}
