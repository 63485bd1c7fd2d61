package dev.trainyard.dataset;

import java.util.zip.CRC32C;

/** Masked CRC-32C of TFRecord: rotated and offset, so that a CRC over data that contains CRCs stays reliable. */
final class MaskedCrc32c {
    private static final int MASK_DELTA = 0xa282ead8;

    private final CRC32C crc = new CRC32C();

    int of(byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset, length);
        int value = (int) crc.getValue();
        return ((value >>> 15) | (value << 17)) + MASK_DELTA;
    }
}
