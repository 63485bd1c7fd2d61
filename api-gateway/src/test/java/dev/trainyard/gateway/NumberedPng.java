package dev.trainyard.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** The same image with a number in a text chunk, so that a fake predictor can tell requests apart. */
final class NumberedPng {
    /** The last chunk, which is empty: length, name, CRC. */
    private static final int END = 12;

    private static final int CRC_SIZE = 4;

    private NumberedPng() {}

    /** @param mark 0 to 127 */
    static byte[] of(byte[] png, int mark) {
        byte[] chunk = "tEXtmark\0?".getBytes(StandardCharsets.US_ASCII);
        chunk[chunk.length - 1] = (byte) mark;
        CRC32 crc = new CRC32();
        crc.update(chunk);
        return ByteBuffer.allocate(png.length + CRC_SIZE + chunk.length + CRC_SIZE)
                .put(png, 0, png.length - END)
                .putInt(chunk.length - CRC_SIZE)
                .put(chunk)
                .putInt((int) crc.getValue())
                .put(png, png.length - END, END)
                .array();
    }

    static int mark(byte[] png) {
        return png[png.length - END - CRC_SIZE - 1];
    }
}
