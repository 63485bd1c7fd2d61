package dev.trainyard.gateway.predictions.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ZipImageReaderTest {
    private static final int ENTRY = 0x02014b50;

    @Test
    void storedAndDeflatedFilesAreReadAndMetadataFilesAreSkipped() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment("a comment");
            add(zip, "a/b/", new byte[0]);
            add(zip, "a/b/é.png", new byte[] {1, 2, 3});
            add(zip, ".DS_Store", new byte[] {1});
            stored(zip, "stored.png", new byte[] {4, 5});
        }
        ImageBatch images = ZipImageReader.read(bytes.toByteArray());

        assertThat(images.items()).extracting(ImageBatch.Item::name).containsExactly("a/b/é.png", "stored.png");
        assertThat(images.items().get(0).read()).containsExactly(1, 2, 3);
        assertThat(images.items().get(1).read()).containsExactly(4, 5);
        assertThat(images.skipped()).isEqualTo(2);
        assertThat(images.bytes()).isEqualTo(5);
    }

    @Test
    void dataBeforeTheArchiveIsIgnored() throws IOException {
        byte[] zip = zip("a.png", new byte[] {1, 2, 3});
        byte[] behind = new byte[zip.length + 100];
        System.arraycopy(zip, 0, behind, 100, zip.length);

        assertThat(ZipImageReader.read(behind).items().get(0).read()).containsExactly(1, 2, 3);
    }

    @Test
    void aDamagedEncryptedOrUnsupportedEntryFailsAlone() throws IOException {
        byte[] crc = zip("a.png", new byte[] {1, 2, 3}, "b.png", new byte[] {7});
        change(crc, 0, 16, 1);
        byte[] encrypted = zip("a.png", new byte[] {1, 2, 3}, "b.png", new byte[] {7});
        change(encrypted, 0, 8, 1);
        byte[] method = zip("a.png", new byte[] {1, 2, 3}, "b.png", new byte[] {7});
        change(method, 0, 10, 4);
        byte[] outside = zip("a.png", new byte[] {1, 2, 3}, "b.png", new byte[] {7});
        change(outside, 0, 42, 0x7f000000);
        for (byte[] zip : new byte[][] {crc, encrypted, method, outside}) {
            ImageBatch images = ZipImageReader.read(zip);
            assertThatThrownBy(images.items().get(0)::read).isInstanceOf(ProblemException.class);
            assertThat(images.items().get(1).read()).containsExactly(7);
        }
    }

    @Test
    void anEntryInflatesToAtMostItsDeclaredSize() throws IOException {
        byte[] zip = zip("a.png", new byte[1000]);
        change(zip, 0, 24, 999 ^ 1000);
        assertThatThrownBy(ZipImageReader.read(zip).items().get(0)::read).isInstanceOf(ProblemException.class);

        byte[] lie = zip("a.png", new byte[] {1});
        change(lie, 0, 24, 1 ^ 5_000_000); // a few bytes that claim to inflate to five million
        assertThatThrownBy(ZipImageReader.read(lie).items().get(0)::read).isInstanceOf(ProblemException.class);
    }

    @Test
    void zipBombsAreRejectedBeforeInflating() throws IOException {
        byte[] large = zip("a.png", new byte[6 * 1024 * 1024]);
        assertThatThrownBy(ZipImageReader.read(large).items().get(0)::read)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.type().status()).isEqualTo(413));

        ByteArrayOutputStream many = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(many)) {
            for (int i = 0; i < 9; i++) {
                add(zip, i + ".png", new byte[5 * 1024 * 1024]);
            }
        }
        assertThatThrownBy(() -> ZipImageReader.read(many.toByteArray()))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.type().status()).isEqualTo(413));

        ByteArrayOutputStream folders = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(folders)) {
            for (int i = 0; i < 1025; i++) {
                add(zip, i + "/", new byte[0]);
            }
        }
        assertThatThrownBy(() -> ZipImageReader.read(folders.toByteArray()))
                .hasMessageContaining("more than 1024 entries");
    }

    @Test
    void upTo256ImagesAreOneBatch() throws IOException {
        assertThat(ZipImageReader.read(ofImages(256)).items()).hasSize(256);
        byte[] more = ofImages(257);
        assertThatThrownBy(() -> ZipImageReader.read(more))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.type().status()).isEqualTo(413))
                .hasMessageContaining("more than 256 images");
    }

    private static byte[] ofImages(int count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < count; i++) {
                add(zip, i + ".png", new byte[] {1});
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void invalidArchivesAreReported() throws IOException {
        byte[] whole = zip("a.png", new byte[] {1, 2, 3});
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ZipImageReader.read(cut)).isInstanceOf(ProblemException.class);
        }
        assertThatThrownBy(() -> ZipImageReader.read(zip())).isInstanceOf(ProblemException.class);
    }

    /** Any changed byte leads to a result or a problem. */
    @Test
    void everyFlippedByteIsAcceptedOrRejected() throws IOException {
        byte[] whole = zip("a.png", "some text that deflates a little, little, little".getBytes());
        for (int i = 0; i < whole.length; i++) {
            for (int change : new int[] {0x01, 0x80, 0xff}) {
                byte[] changed = whole.clone();
                changed[i] ^= (byte) change;
                try {
                    ZipImageReader.read(changed).items().forEach(ImageBatch.Item::read);
                } catch (ProblemException e) {
                    assertThat(e.type().status()).isBetween(400, 499);
                }
            }
        }
    }

    private static byte[] zip(Object... namesAndBytes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndBytes.length; i += 2) {
                add(zip, (String) namesAndBytes[i], (byte[]) namesAndBytes[i + 1]);
            }
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static void stored(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /** Changes bits of a field in the directory record of an entry. */
    private static void change(byte[] zip, int entry, int field, int bits) {
        ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int found = -1;
        for (int at = 0; at < zip.length - 4; at++) {
            if (buffer.getInt(at) == ENTRY && ++found == entry) {
                buffer.putInt(at + field, buffer.getInt(at + field) ^ bits);
                return;
            }
        }
        throw new IllegalStateException("no such entry");
    }
}
