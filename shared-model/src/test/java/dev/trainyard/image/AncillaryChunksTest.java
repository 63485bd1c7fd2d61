package dev.trainyard.image;

import static dev.trainyard.image.testing.PngBuilder.chunk;
import static dev.trainyard.image.testing.PngBuilder.deflate;
import static dev.trainyard.image.testing.PngBuilder.grey;
import static dev.trainyard.image.testing.PngBuilder.header;
import static dev.trainyard.image.testing.PngBuilder.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.image.testing.PngBuilder;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unused chunks do not affect the image. */
class AncillaryChunksTest {
    private static final byte[] PIXELS = pixels();
    private static final PngBuilder PLAIN = grey(28, 28, PIXELS);
    private static final byte[] IHDR = header(28, 28, 8, 0, 0);
    private static final byte[] IDAT = chunk("IDAT", deflate(PLAIN.rows()));
    private static final byte[] IEND = chunk("IEND");

    private static byte[] pixels() {
        byte[] pixels = new byte[28 * 28];
        new Random(3).nextBytes(pixels);
        return pixels;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "bKGD", "hIST", "pHYs", "tIME", "tEXt", "zTXt", "iTXt",
                "sPLT", "eXIf", "oFFs", "vpAg", "abCd"
            })
    void aRepeatedMisplacedOrDamagedChunkIsIgnored(String name) throws Exception {
        byte[] some = chunk(name, "a\0\0no profile, no text".getBytes(StandardCharsets.ISO_8859_1));
        byte[] wrongCrc = some.clone();
        wrongCrc[wrongCrc.length - 1] ^= 1;
        byte[] empty = chunk(name);

        for (byte[] file : new byte[][] {
            joined(IHDR, some, IDAT, IEND),
            joined(IHDR, some, some, IDAT, IEND),
            joined(IHDR, IDAT, some, IEND),
            joined(IHDR, wrongCrc, IDAT, IEND),
            joined(IHDR, IDAT, wrongCrc, empty, IEND)
        }) {
            assertThat(LuminanceImage.decode(PngFile.parse(file), DecodeDeadline.NONE)
                            .values())
                    .isEqualTo(PIXELS);
        }
    }

    /** Only indexed images use their palette; for others it is a hint. */
    @Test
    void aDamagedUnusedPaletteIsIgnored() throws Exception {
        byte[] palette = chunk("PLTE", (byte) 1, (byte) 2);
        palette[palette.length - 1] ^= 1;

        for (byte[] file :
                new byte[][] {joined(IHDR, palette, palette, IDAT, IEND), joined(IHDR, IDAT, palette, IEND)}) {
            assertThat(LuminanceImage.decode(PngFile.parse(file), DecodeDeadline.NONE)
                            .values())
                    .isEqualTo(PIXELS);
        }
    }

    /** With an alpha channel tRNS is not used. */
    @Test
    void aKeyColorBesideAnAlphaChannelIsIgnored() throws Exception {
        byte[] file = png(1, 1, 6, 8, new int[] {9, 9, 9, 255})
                .with("tRNS", new byte[5])
                .build();

        assertThat(LuminanceImage.decode(PngFile.parse(file), DecodeDeadline.NONE)
                        .at(0))
                .isEqualTo(9);
    }

    @Test
    void damagedOpacitiesAreNotIgnored() {
        byte[] transparency = chunk("tRNS", (byte) 0, (byte) 0);
        transparency[transparency.length - 1] ^= 1;

        assertThatThrownBy(() -> PngFile.parse(joined(IHDR, transparency, IDAT, IEND)))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("CRC of the chunk at byte 33");
    }

    @Test
    void aFileWithTwoColorProfilesIsRead() throws Exception {
        assertThat(DigitImageDecoder.decode(resource("two_iccp.png")))
                .hasSize(DigitImageDecoder.SIDE * DigitImageDecoder.SIDE);
    }

    @Test
    void appleVariantIsRejectedWithAdvice() throws Exception {
        byte[] file = resource("cgbi.png");

        assertThatThrownBy(() -> PngFile.parse(file))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("Apple's CgBI variant")
                .hasMessageContaining("pngcrush -revert-iphone-optimizations");
    }

    @Test
    void theStoredOrientationIsApplied() throws Exception {
        int[] stored = {1, 2, 3, 4, 5, 6}; // rows 123 and 456
        int[][] upright = {
            {3, 1, 2, 3, 4, 5, 6},
            {3, 3, 2, 1, 6, 5, 4},
            {3, 6, 5, 4, 3, 2, 1},
            {3, 4, 5, 6, 1, 2, 3},
            {2, 1, 4, 2, 5, 3, 6},
            {2, 4, 1, 5, 2, 6, 3},
            {2, 6, 3, 5, 2, 4, 1},
            {2, 3, 6, 2, 5, 1, 4}
        };
        for (int value = 1; value <= 8; value++) {
            for (boolean littleEndian : new boolean[] {true, false}) {
                byte[] file = png(3, 2, 0, 8, stored)
                        .with("eXIf", exif(littleEndian, value))
                        .build();
                LuminanceImage image = LuminanceImage.decode(PngFile.parse(file), DecodeDeadline.NONE);

                assertThat(image.width()).as("orientation %d", value).isEqualTo(upright[value - 1][0]);
                for (int i = 0; i < 6; i++) {
                    assertThat(image.at(i))
                            .as("orientation %d, pixel %d", value, i)
                            .isEqualTo(upright[value - 1][i + 1]);
                }
            }
        }
    }

    @Test
    void anOrientationAfterTheImageDataOrWithAJpegMarkerIsApplied() throws Exception {
        byte[] marked = join("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1), exif(true, 3));
        byte[] behind = joined(IHDR, IDAT, chunk("eXIf", marked), IEND);

        LuminanceImage image = LuminanceImage.decode(PngFile.parse(behind), DecodeDeadline.NONE);

        assertThat(image.at(0)).isEqualTo(PIXELS[PIXELS.length - 1] & 0xff);
    }

    @Test
    void onlyTheFirstCompleteOrientationIsUsed() throws Exception {
        byte[] damaged = chunk("eXIf", exif(true, 6));
        damaged[damaged.length - 1] ^= 1;

        byte[] file = joined(IHDR, damaged, chunk("eXIf", exif(true, 3)), chunk("eXIf", exif(true, 4)), IDAT, IEND);

        assertThat(LuminanceImage.decode(PngFile.parse(file), DecodeDeadline.NONE)
                        .at(0))
                .isEqualTo(PIXELS[PIXELS.length - 1] & 0xff);
    }

    /** Any bytes give an orientation and no exception. */
    @Test
    void damagedExifMeansUpright() {
        Random random = new Random(5);
        byte[] whole = exif(true, 3);
        for (int length = 0; length < 34; length++) {
            assertThat(ExifOrientation.read(java.util.Arrays.copyOf(whole, length)))
                    .isEqualTo(ExifOrientation.UPRIGHT);
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = whole.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            assertThat(ExifOrientation.read(damaged)).isNotNull();
        }
        assertThat(ExifOrientation.read(exif(false, 0))).isEqualTo(ExifOrientation.UPRIGHT);
        assertThat(ExifOrientation.read(exif(false, 9))).isEqualTo(ExifOrientation.UPRIGHT);
    }

    /** A TIFF header and one directory with one other tag and the orientation. */
    private static byte[] exif(boolean littleEndian, int orientation) {
        java.nio.ByteBuffer exif = java.nio.ByteBuffer.allocate(38)
                .order(littleEndian ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN);
        exif.put((littleEndian ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
        exif.putShort((short) 42).putInt(8).putShort((short) 2);
        exif.putShort((short) 0x010f).putShort((short) 2).putInt(2).putInt(0);
        exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return java.util.Arrays.copyOf(exif.array(), 38);
    }

    private static byte[] joined(byte[]... chunks) {
        return join(PngBuilder.SIGNATURE, join(chunks));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] resource(String name) throws Exception {
        try (InputStream in = AncillaryChunksTest.class.getResourceAsStream("/images/" + name)) {
            return in.readAllBytes();
        }
    }
}
