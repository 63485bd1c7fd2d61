package dev.trainyard.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistNpzTest {
    @TempDir
    Path folder;

    @Test
    void theArchiveOfTheProjectIsMnist() throws Exception {
        MnistNpz mnist = MnistNpz.read(Path.of("../data/mnist.npz"));
        assertThat(mnist.train().size()).isEqualTo(60_000);
        assertThat(mnist.test().size()).isEqualTo(10_000);
        assertThat(mnist.train().labels()).startsWith(5, 0, 4, 1, 9);
        assertThat(mnist.test().labels()).startsWith(7, 2, 1, 0, 4);
        assertThat(mnist.train().height()).isEqualTo(28);
    }

    @Test
    void aSmallArchiveIsReadByteForByte() throws Exception {
        MnistNpz mnist = MnistNpz.read(npz(arrays()));
        assertThat(mnist.train().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, (byte) 255);
        assertThat(mnist.train().labels()).containsExactly(3, 9);
        assertThat(mnist.split(Split.TEST).pixels()).containsExactly(9, 8, 7, 6);
    }

    @Test
    void everythingThatIsWrongNamesTheFileAndTheArray() throws Exception {
        Map<String, byte[]> missing = arrays();
        missing.remove("y_test");
        refuses(missing, "has no array y_test");

        Map<String, byte[]> label = arrays();
        label.put("y_train", npy("|u1", "False", "2", new byte[] {3, 10}));
        refuses(label, "y_train[1] is 10");

        Map<String, byte[]> type = arrays();
        type.put("x_train", npy("<f4", "False", "2, 2, 2", new byte[32]));
        refuses(type, "x_train: elements are of type '<f4'");

        Map<String, byte[]> order = arrays();
        order.put("x_train", npy("|u1", "True", "2, 2, 2", new byte[8]));
        refuses(order, "Fortran order");

        Map<String, byte[]> shorter = arrays();
        shorter.put("x_test", npy("|u1", "False", "1, 2, 2", new byte[3]));
        refuses(shorter, "needs 4 bytes, the array holds 3");

        Map<String, byte[]> count = arrays();
        count.put("y_train", npy("|u1", "False", "1,", new byte[] {3}));
        refuses(count, "not one label for each of 2 images");

        Map<String, byte[]> huge = arrays();
        huge.put("x_train", npy("|u1", "False", "99999, 99999, 99999, 99999", new byte[1]));
        refuses(huge, "x_train");

        Map<String, byte[]> magic = arrays();
        magic.put("x_train", "PICKLE....".getBytes(StandardCharsets.UTF_8));
        refuses(magic, "magic number");
    }

    @Test
    void anArchiveThatIsCutOffOrMissingIsNamed() throws Exception {
        Path whole = npz(arrays());
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.npz");
        Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> MnistNpz.read(cut)).hasMessageContaining("cut.npz");
        assertThatThrownBy(() -> MnistNpz.read(folder.resolve("none.npz"))).hasMessageContaining("no such file");
    }

    private void refuses(Map<String, byte[]> arrays, String message) throws IOException {
        Path file = npz(arrays);
        assertThatThrownBy(() -> MnistNpz.read(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    private static Map<String, byte[]> arrays() {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x_train", npy("|u1", "False", "2, 2, 2", new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) 255}));
        arrays.put("y_train", npy("|u1", "False", "2,", new byte[] {3, 9}));
        arrays.put("x_test", npy("|u1", "False", "1, 2, 2", new byte[] {9, 8, 7, 6}));
        arrays.put("y_test", npy("|u1", "False", "1,", new byte[] {0}));
        return arrays;
    }

    private Path npz(Map<String, byte[]> arrays) throws IOException {
        Path file = Files.createTempFile(folder, "some", ".npz");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
            }
        }
        return file;
    }

    /** Format 1.0, as numpy.save writes it. */
    private static byte[] npy(String descr, String fortran, String shape, byte[] data) {
        byte[] header = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n"
                .formatted(descr, fortran, shape)
                .getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        out.writeBytes(ByteBuffer.allocate(2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) header.length)
                .array());
        out.writeBytes(header);
        out.writeBytes(data);
        return out.toByteArray();
    }
}
