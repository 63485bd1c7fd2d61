package dev.trainyard.image;

import static dev.trainyard.image.testing.PngBuilder.chunk;
import static dev.trainyard.image.testing.PngBuilder.deflate;
import static dev.trainyard.image.testing.PngBuilder.grey;
import static dev.trainyard.image.testing.PngBuilder.header;
import static dev.trainyard.image.testing.PngBuilder.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import dev.trainyard.image.testing.HostilePngs;
import dev.trainyard.image.testing.PngBuilder;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostilePngTest {
    private static final byte[] IDAT = chunk("IDAT", deflate(grey28().rows()));
    private static final byte[] IEND = chunk("IEND");
    private static final byte[] IHDR = header(28, 28, 8, 0, 0);

    private static PngBuilder grey28() {
        return grey(28, 28, new byte[784]);
    }

    private static byte[] file(byte[]... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PngBuilder.SIGNATURE);
        for (byte[] chunk : chunks) {
            out.writeBytes(chunk);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static List<Arguments> files() {
        byte[] whole = grey28().build();
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        byte[] rows = new byte[28 * 29];
        byte[] filter9 = rows.clone();
        filter9[29] = 9;
        byte[] wrongSum = deflate(rows);
        wrongSum[wrongSum.length - 1] ^= 1;
        byte[] bomb = deflate(new byte[50_000_000]);
        byte[] colors = {0, 0, 0, 9, 9, 9};
        return List.of(
                arguments("a GIF", text("GIF89a"), "they are a GIF file"),
                arguments("nothing", new byte[0], "no bytes arrived"),
                arguments("over 5 MiB", Arrays.copyOf(whole, PngFile.MAX_BYTES + 1), "at most 5242880 are read"),
                arguments("the signature alone", PngBuilder.SIGNATURE, "no whole IHDR"),
                arguments("no IHDR", file(IDAT, IEND), "no whole IHDR"),
                arguments("two IHDRs", file(IHDR, IHDR, IDAT, IEND), "second IHDR"),
                arguments("no width", file(header(0, 28, 8, 0, 0), IDAT, IEND), "0×28 pixels"),
                arguments("no height", file(header(28, 0, 8, 0, 0), IDAT, IEND), "28×0 pixels"),
                arguments("4097 wide", grey(4097, 1, new byte[4097]).build(), "4097×1 pixels; from 1×1 to 4096×4096"),
                arguments("4097 high", grey(1, 4097, new byte[4097]).build(), "1×4097 pixels; from 1×1 to 4096×4096"),
                arguments("2^31 high", file(header(28, Integer.MIN_VALUE, 8, 0, 0), IDAT, IEND), "28×2147483648"),
                arguments("3 bits", file(header(28, 28, 3, 0, 0), IDAT, IEND), "colour type 0 with 3 bits"),
                arguments("colour type 5", file(header(28, 28, 8, 5, 0), IDAT, IEND), "colour type 5"),
                arguments("RGB of 4 bits", file(header(28, 28, 4, 2, 0), IDAT, IEND), "colour type 2 with 4 bits"),
                arguments("interlacing 2", file(header(28, 28, 8, 0, 2), IDAT, IEND), "interlace 2"),
                arguments("a wrong CRC", flipped, "CRC of the chunk at byte 33 is wrong"),
                arguments(
                        "a length of 2^31",
                        joined(PngBuilder.SIGNATURE, IHDR, new byte[] {-128, 0, 0, 0}, IDAT),
                        "announces 2147483648"),
                arguments("no IDAT", file(IHDR, IEND), "no image data"),
                arguments("an empty IDAT", file(IHDR, chunk("IDAT"), IEND), "cut off"),
                arguments(
                        "IDATs apart",
                        file(IHDR, chunk("IDAT"), chunk("tIME", new byte[7]), IDAT, IEND),
                        "not consecutive"),
                arguments("no IEND", file(IHDR, IDAT), "before its end"),
                arguments("an IEND with data", file(IHDR, IDAT, chunk("IEND", (byte) 1)), "IEND chunk is not empty"),
                arguments("two IENDs", file(IHDR, IDAT, IEND, IEND), "followed by 12 bytes"),
                arguments("PNG and ZIP", joined(whole, text("PK\3\4...")), "followed by 7 bytes"),
                arguments("PNG and HTML", joined(whole, text("<html><script>")), "followed by 14 bytes"),
                arguments("two PNGs", joined(whole, whole), "followed by"),
                arguments(
                        "HTML in a text",
                        grey28().with("tEXt", text("Comment\0<HTML><b>")).build(),
                        "another file or script in its chunk tEXt"),
                arguments(
                        "a ZIP in a chunk of its own",
                        grey28().with("zipF", text("xPK\5\6")).build(),
                        "in its chunk zipF"),
                arguments(
                        "PHP in a text",
                        grey28().with("iTXt", text("a\0\0\0\0\0<?php")).build(),
                        "in its chunk iTXt"),
                arguments(
                        "bytes behind the data",
                        file(IHDR, chunk("IDAT", joined(deflate(rows), text("hidden"))), IEND),
                        "followed by other bytes"),
                arguments(
                        "a chunk behind the data",
                        file(IHDR, IDAT, chunk("IDAT", text("hidden")), IEND),
                        "followed by other bytes"),
                arguments("an inflate bomb", file(IHDR, chunk("IDAT", bomb), IEND), "more than the 812 bytes"),
                arguments(
                        "a text bomb",
                        grey28().with("zTXt", joined(text("a\0\0"), bomb)).build(),
                        "texts inflate to over"),
                arguments(
                        "a bomb of an international text",
                        grey28().with("iTXt", joined(text("a\0\1\0de\0b\0"), bomb))
                                .build(),
                        "texts inflate to over"),
                arguments(
                        "a profile bomb",
                        grey28().with("iCCP", joined(text("a\0\0"), bomb)).build(),
                        "texts inflate to over"),
                arguments(
                        "a huge text",
                        grey28().with("tEXt", new byte[1_000_000]).build(),
                        "has over 262144 bytes"),
                arguments(
                        "many chunks",
                        grey28().inChunksOf(1).build(deflateStored(PngFile.MAX_CHUNKS)),
                        "over 10000 chunks"),
                arguments(
                        "4096×4096 in few bytes",
                        file(header(4096, 4096, 16, 6, 0), IDAT, IEND),
                        "cannot hold an image of 4096×4096"),
                arguments("no zlib data", file(IHDR, chunk("IDAT", new byte[100]), IEND), "cannot be inflated"),
                arguments("a wrong Adler sum", file(IHDR, chunk("IDAT", wrongSum), IEND), "cannot be inflated"),
                arguments(
                        "data cut off",
                        file(IHDR, chunk("IDAT", deflate(new byte[400])), IEND),
                        "ends after 400 of 812"),
                arguments(
                        "no Adler sum",
                        file(IHDR, chunk("IDAT", Arrays.copyOf(deflate(rows), deflate(rows).length - 4)), IEND),
                        "has no end"),
                arguments(
                        "a dictionary",
                        file(
                                IHDR,
                                chunk("IDAT", (byte) 0x78, (byte) 0xbb, (byte) 0, (byte) 0, (byte) 0, (byte) 1),
                                IEND),
                        "needs a dictionary"),
                arguments("filter 9", file(IHDR, chunk("IDAT", deflate(filter9)), IEND), "filter 9"),
                arguments("no palette", file(header(28, 28, 8, 3, 0), IDAT, IEND), "without a preceding palette"),
                arguments(
                        "two palettes",
                        png(1, 1, 3, 8, new int[1])
                                .with("PLTE", colors)
                                .with("PLTE", colors)
                                .build(),
                        "second PLTE"),
                arguments(
                        "a palette of 5 bytes",
                        png(1, 1, 3, 8, new int[1]).with("PLTE", new byte[5]).build(),
                        "palette has 5 bytes"),
                arguments(
                        "3 colours for 1 bit",
                        png(1, 1, 3, 1, new int[1]).with("PLTE", new byte[9]).build(),
                        "palette has 9 bytes"),
                arguments(
                        "a palette for grey with something hidden in it",
                        grey28().with("PLTE", new byte[3 * 257]).build(),
                        "palette has 771 bytes"),
                arguments(
                        "colour 2 of 2",
                        png(1, 1, 3, 8, new int[] {2}).with("PLTE", colors).build(),
                        "colour 2 of a palette of 2"),
                arguments(
                        "an opacity too many",
                        png(1, 1, 3, 8, new int[1])
                                .with("PLTE", colors)
                                .with("tRNS", new byte[3])
                                .build(),
                        "tRNS chunk of 3 bytes"),
                arguments(
                        "an early tRNS",
                        png(1, 1, 3, 8, new int[1])
                                .with("tRNS", new byte[1])
                                .with("PLTE", colors)
                                .build(),
                        "tRNS chunk of 1 bytes"),
                arguments("APNG", grey28().with("acTL", new byte[8]).build(), "animated"),
                arguments(
                        "a chunk that a decoder must know",
                        grey28().with("CgBI", new byte[4]).build(),
                        "needs a decoder that knows its chunk CgBI"),
                arguments(
                        "Apple's variant",
                        file(chunk("CgBI", (byte) 0x50, (byte) 0, (byte) 0x20, (byte) 2), IHDR, IDAT, IEND),
                        "Apple's CgBI variant"),
                arguments("a name of no letters", grey28().with("te\0t").build(), "no readable name"));
    }

    /** Each alone is within the limits; together they are not. */
    @Test
    void ancillaryChunksAreCountedTogether() {
        byte[] large = joined(text("a\0\0"), deflate(new byte[EmbeddedContentCheck.MAX_INFLATED - 1000]));
        assertThat(isRead(grey28().with("zTXt", large).build())).isTrue();
        assertThatThrownBy(() -> DigitImageDecoder.decode(
                        grey28().with("zTXt", large).with("zTXt", large).build()))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("texts inflate to over");

        byte[] half = new byte[PngChunkValidator.MAX_ANCILLARY_BYTES / 2];
        assertThat(isRead(grey28().with("tEXt", half).with("tEXt", half).build()))
                .isTrue();
        assertThatThrownBy(() -> DigitImageDecoder.decode(grey28().with("tEXt", half)
                        .with("tEXt", half)
                        .with("tEXt", (byte) 1)
                        .build()))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("has over 262144 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PK\3\4",
                "PK\5\6",
                "%PDF-1.7",
                "<html>",
                "<!DOCTYPE html>",
                "<script>",
                "<svg onload=x>",
                "<?php",
                "Rar!\u001a\7",
                "7z\u00bc\u00af",
                "\177ELF"
            })
    void textChunksWithOtherFileFormatsAreRefused(String beginning) {
        byte[] png = grey28().with("tEXt", text("Comment\0some " + beginning)).build();

        assertThatThrownBy(() -> DigitImageDecoder.decode(png))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("another file or script");
    }

    private static byte[] deflateStored(int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(1).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void hostileFilesAreRefusedWithAMessage(String name, byte[] file, String why) {
        assertThatThrownBy(() -> DigitImageDecoder.decode(file))
                .isInstanceOf(PngException.class)
                .hasMessageContaining(why)
                .hasMessageMatching("(?s)The .+\\.");
    }

    /** Nothing is allocated for sizes announced by a header or a decompression bomb. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void hostileFilesNeedLittleMemory(String name, byte[] file, String why) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> DigitImageDecoder.decode(file)).isInstanceOf(PngException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4_000_000);
    }

    /** The quickest of three, so that the machine's other work is not counted. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void hostileFilesNeedLittleTime(String name, byte[] file, String why) {
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long started = System.nanoTime();
            assertThatThrownBy(() -> DigitImageDecoder.decode(file)).isInstanceOf(PngException.class);
            quickest = Math.min(quickest, System.nanoTime() - started);
        }
        assertThat(Duration.ofNanos(quickest)).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void aFileTruncatedAnywhereIsRejected() {
        for (byte[] whole : HostilePngs.bases()) {
            int step = Math.max(1, whole.length / 700);
            for (int length = 0; length < whole.length; length += step) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> DigitImageDecoder.decode(cut)).isInstanceOf(PngException.class);
            }
        }
    }

    @Test
    void aMutatedPngIsDecodedOrRefused() {
        int read = 0;
        for (long seed = 0; seed < 10_000; seed++) {
            HostilePngs.Mutant mutant = HostilePngs.of(seed);
            if (isFailing(mutant.bytes())) {
                fail("not just refused: " + HostilePngs.smallest(seed, HostilePngTest::isFailing));
            }
            read += isRead(mutant.bytes()) ? 1 : 0;
        }
        assertThat(read).as("some get through to the end").isBetween(100, 5_000);
    }

    private static boolean isRead(byte[] png) {
        try {
            return DigitImageDecoder.decode(png).length == 784;
        } catch (PngException e) {
            return false;
        }
    }

    private static boolean isFailing(byte[] png) {
        try {
            return DigitImageDecoder.decode(png).length != 784;
        } catch (PngException e) {
            return !e.getMessage().matches("(?s)The .+\\.");
        } catch (RuntimeException | Error e) {
            return true;
        }
    }

    @Test
    void decodingEndsAtItsDeadline() {
        byte[] large = png(2000, 2000, 0, 1, new int[4_000_000]).build();

        assertThatThrownBy(() -> DigitImageDecoder.decode(large, DecodeDeadline.of(Duration.ofNanos(1))))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("takes longer than");
    }

    /** Not only between the steps: of 4096×4096 pixels of 16 bits 135 MB are inflated. */
    @Test
    void inflatingEndsAtItsDeadline() throws Exception {
        PngFile large = PngFile.parse(png(2000, 2000, 0, 1, new int[4_000_000]).build());
        int[] rows = {0};

        assertThatThrownBy(() -> PngRowReader.read(
                        large, DecodeDeadline.of(Duration.ofNanos(1)), (samples, width, y, pass) -> rows[0]++))
                .isInstanceOf(PngException.class)
                .hasMessageContaining("takes longer than");
        assertThat(rows[0]).isZero();
    }

    @Test
    void theCostIsThatOfTheHeaderUnlessTheFileIsCertainToBeRejected() {
        byte[] small = grey28().build();
        assertThat(PngFile.work(small)).isEqualTo(small.length + 812 + 784);
        assertThat(PngFile.work(png(2000, 2000, 0, 1, new int[4_000_000]).build()))
                .isGreaterThan(500_000);
        assertThat(PngFile.work(file(header(4096, 4096, 16, 6, 0), IDAT, IEND))).isLessThan(1_000);
        assertThat(PngFile.work(new byte[3])).isEqualTo(3);
    }
}
