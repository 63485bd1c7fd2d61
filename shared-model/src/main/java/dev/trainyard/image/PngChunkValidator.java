package dev.trainyard.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Validates the chunks of a PNG and their order. Source: PNG specification, section 5.6. Chunks used for the image
 * must conform. Other chunks (profiles, gamma, texts) may be damaged, repeated or misplaced, as in viewers; only their
 * size is limited.
 */
final class PngChunkValidator {
    /** Limit for all ancillary chunks together, in bytes; metadata of photos is far smaller. */
    static final int MAX_ANCILLARY_BYTES = 256 * 1024;

    static final int IDAT = 0x49444154;
    static final int IEND = 0x49454e44;
    private static final int PLTE = 0x504c5445;
    private static final int TRNS = 0x74524e53;

    private static final int ENTRY = 3;
    private static final List<String> ANIMATION = List.of("acTL", "fcTL", "fdAT");

    /** A chunk's data. */
    record Range(int from, int length) {}

    private final byte[] bytes;
    private final PngHeader header;
    private int position;
    private int firstData = -1;
    private int dataEnd;
    private long dataBytes;
    private int ancillaryBytes;
    private @Nullable Range palette;
    private @Nullable Range transparency;
    private @Nullable Range exif;
    private boolean ended;

    PngChunkValidator(byte[] bytes, PngHeader header) {
        this.bytes = bytes;
        this.header = header;
    }

    /**
     * Returns true if damage to a chunk of {@code type} affects the image: it is critical or contains the
     * transparency.
     */
    boolean mustBeIntact(int type) {
        return switch (type) {
            case PLTE -> readsPalette();
            case TRNS -> readsTransparency();
            default -> (type & 0x20000000) == 0;
        };
    }

    /** In other colour types a palette is only a hint for displays with few colours. */
    private boolean readsPalette() {
        return header.colorType() == PngHeader.PALETTE;
    }

    /** With an alpha channel a tRNS chunk has no meaning and viewers ignore it. */
    private boolean readsTransparency() {
        return !header.hasAlphaChannel();
    }

    /**
     * Validates the chunk at {@code position}. Must be called in file order.
     *
     * @param intact true if its CRC is correct
     */
    void next(int position, int type, int length, boolean intact) throws PngException {
        this.position = position;
        switch (type) {
            case PngHeader.IHDR -> header();
            case IDAT -> data(length);
            case IEND -> end(length);
            default -> other(name(position), new Range(position + 8, length), intact);
        }
    }

    private void header() throws PngException {
        if (position != PngHeader.POSITION) {
            throw wrong("it has a second IHDR chunk");
        }
    }

    private void data(int length) throws PngException {
        if (firstData < 0) {
            if (header.colorType() == PngHeader.PALETTE && palette == null) {
                throw wrong("it has indexed colours without a preceding palette (PLTE)");
            }
            firstData = position;
        } else if (dataEnd != position) {
            throw wrong("its IDAT chunks are not consecutive");
        }
        dataEnd = position + PngFile.CHUNK_FRAME + length;
        dataBytes += length;
    }

    private void end(int length) throws PngException {
        if (length != 0) {
            throw wrong("its IEND chunk is not empty");
        }
        if (firstData < 0) {
            throw wrong("it has no image data (IDAT chunk)");
        }
        ended = true;
    }

    private void other(String name, Range data, boolean intact) throws PngException {
        switch (name) {
            case "PLTE" -> {
                if (readsPalette()) {
                    requireFirst(name, palette);
                    palette(data);
                } else if (data.length > ENTRY * 256) {
                    throw wrong("its palette has %d bytes; at most %d fit".formatted(data.length, ENTRY * 256));
                }
            }
            case "tRNS" -> {
                if (readsTransparency()) {
                    requireFirst(name, transparency);
                    transparency(data);
                }
            }
            case "eXIf" -> {
                exif = exif == null && intact ? data : exif;
                ancillary(name, data.length);
            }
            default -> ancillary(name, data.length);
        }
    }

    private void requireFirst(String name, @Nullable Range before) throws PngException {
        if (before != null) {
            throw wrong("it has a second %s chunk".formatted(name));
        }
        if (firstData >= 0) {
            throw wrong("its %s chunk comes too late".formatted(name));
        }
    }

    private void palette(Range data) throws PngException {
        int most = 1 << header.bitDepth();
        if (data.length == 0 || data.length % ENTRY != 0 || data.length / ENTRY > most) {
            throw wrong("its palette has %d bytes; three for each of 1 to %d colours fit".formatted(data.length, most));
        }
        palette = data;
    }

    private void transparency(Range data) throws PngException {
        boolean fits =
                switch (header.colorType()) {
                    case PngHeader.GREY -> data.length == 2;
                    case PngHeader.RGB -> data.length == 6;
                    case PngHeader.PALETTE ->
                        palette != null && data.length > 0 && data.length <= palette.length / ENTRY;
                    default -> false;
                };
        if (!fits) {
            throw wrong("its tRNS chunk of %d bytes does not fit colour type %d"
                    .formatted(data.length, header.colorType()));
        }
        transparency = data;
    }

    private void ancillary(String name, int length) throws PngException {
        if (ANIMATION.contains(name)) {
            throw new PngException("The PNG is animated (chunk %s); send a still image.".formatted(name));
        }
        if (Character.isUpperCase(name.charAt(0))) {
            throw new PngException(
                    "The PNG needs a decoder that knows its chunk %s; save it as a plain PNG.".formatted(name));
        }
        ancillaryBytes += length;
        if (ancillaryBytes > MAX_ANCILLARY_BYTES) {
            throw new PngException("The PNG has over %d bytes of ancillary data (chunk %s); save it without them."
                    .formatted(MAX_ANCILLARY_BYTES, name));
        }
    }

    private String name(int position) throws PngException {
        for (int i = position + 4; i < position + 8; i++) {
            int letter = bytes[i] | 0x20;
            if (letter < 'a' || letter > 'z') {
                throw wrong("the chunk has no readable name");
            }
        }
        return new String(bytes, position + 4, 4, StandardCharsets.US_ASCII);
    }

    private PngException wrong(String what) {
        return new PngException("The PNG is damaged: %s (byte %d).".formatted(what, position));
    }

    boolean ended() {
        return ended;
    }

    /** Start of the first IDAT chunk; the following ones end before {@link #dataEnd}. */
    int firstData() {
        return firstData;
    }

    int dataEnd() {
        return dataEnd;
    }

    /** Size of all IDAT chunks together. */
    long dataBytes() {
        return dataBytes;
    }

    boolean hasAncillary() {
        return ancillaryBytes > 0;
    }

    /** Red, green, blue of each colour; null without a palette. */
    byte @Nullable [] palette() {
        return copy(palette);
    }

    /** Data of the tRNS chunk; null without one. */
    byte @Nullable [] transparency() {
        return copy(transparency);
    }

    /** Data of the first complete eXIf chunk; null without one. */
    byte @Nullable [] exif() {
        return copy(exif);
    }

    private byte @Nullable [] copy(@Nullable Range range) {
        return range == null ? null : Arrays.copyOfRange(bytes, range.from, range.from + range.length);
    }
}
