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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void errorsNameTheFileAndTheArray() throws Exception {
        Map<String, byte[]> missing = arrays();
        missing.remove("y_test");
        refuses(missing, "has no array y_test");

        Map<String, byte[]> label = arrays();
        label.put("y_train", npy("|u1", "False", "2", new byte[] {3, 10}));
        refuses(label, "y_train[1] is 10, not a digit from 0 to 9");

        Map<String, byte[]> type = arrays();
        type.put("x_train", npy("|O", "False", "2, 2, 2", new byte[32]));
        refuses(type, "x_train: elements of type '|O' are not read", "np.array(a.tolist(), dtype=np.uint8)");

        Map<String, byte[]> shorter = arrays();
        shorter.put("x_test", npy("|u1", "False", "1, 2, 2", new byte[3]));
        refuses(shorter, "needs 4 bytes, the array holds 3");

        Map<String, byte[]> count = arrays();
        count.put("y_train", npy("|u1", "False", "1,", new byte[] {3}));
        refuses(count, "y_train has shape [1]; expected one label for each of 2 images");

        Map<String, byte[]> huge = arrays();
        huge.put("x_train", npy("|u1", "False", "99999, 99999, 99999, 99999", new byte[1]));
        refuses(huge, "x_train");

        Map<String, byte[]> magic = arrays();
        magic.put("x_train", "PICKLE....".getBytes(StandardCharsets.UTF_8));
        refuses(magic, "magic number");
    }

    @Test
    void aTruncatedOrMissingArchiveIsReported() throws Exception {
        Path whole = npz(arrays());
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.npz");
        Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> MnistNpz.read(cut)).hasMessageContaining("cut.npz");
        assertThatThrownBy(() -> MnistNpz.read(folder.resolve("none.npz"))).hasMessageContaining("no such file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "|i1", "<u2", ">u2", "<i2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8"
            })
    void wholeNumbersOfEveryTypeAreRead(String type) throws Exception {
        Map<String, byte[]> arrays = arrays();
        arrays.put("x_train", npy(type, "False", "2, 2, 2", numbers(type, 1, 2, 3, 4, 5, 6, 7, 127)));
        arrays.put("y_train", npy(type, "False", "2,", numbers(type, 3, 9)));

        MnistNpz mnist = MnistNpz.read(npz(arrays));

        assertThat(mnist.train().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, 127);
        assertThat(mnist.train().labels()).containsExactly(3, 9);
    }

    @Test
    void fortranOrderIsReadAsTheSameImages() throws Exception {
        Map<String, byte[]> arrays = arrays();
        // Fortran order: the first index changes fastest
        arrays.put("x_train", npy("<i2", "True", "2, 2, 2", numbers("<i2", 1, 5, 3, 7, 2, 6, 4, 255)));

        assertThat(MnistNpz.read(npz(arrays)).train().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, (byte) 255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2, 2, 2, 1", "2, 1, 2, 2"})
    void aChannelAxisIsAccepted(String shape) throws Exception {
        Map<String, byte[]> arrays = arrays();
        arrays.put("x_train", npy("|u1", "False", shape, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        arrays.put("y_train", npy("|u1", "False", "2, 1", new byte[] {3, 9}));

        MnistNpz mnist = MnistNpz.read(npz(arrays));

        assertThat(mnist.train().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(mnist.train().height()).isEqualTo(2);
        assertThat(mnist.train().width()).isEqualTo(2);
        assertThat(mnist.train().labels()).containsExactly(3, 9);
    }

    /** Arrays that cannot be read unambiguously are refused with the line of NumPy that converts them. */
    @Test
    void otherShapesAreRejectedWithTheConversionCommand() throws Exception {
        Map<String, byte[]> levels = arrays();
        levels.put("x_train", npy("<f4", "False", "2, 2, 2", numbers("<f4", 0, 1, 0.5, 0, 0, 0, 0, 0)));
        refuses(levels, "x_train: element [0, 1, 0] is 0.5 (float32)", "a = np.rint(a * 255).astype(np.uint8)");

        Map<String, byte[]> negative = arrays();
        negative.put("x_train", npy("<i8", "False", "2, 2, 2", numbers("<i8", 0, 1, 2, 0, 0, -1, 0, 0)));
        refuses(negative, "element [1, 0, 1] is -1.0 (int64)", "np.clip(np.rint(a), 0, 255).astype(np.uint8)");

        Map<String, byte[]> tooLarge = arrays();
        tooLarge.put("x_train", npy("<u2", "False", "2, 2, 2", numbers("<u2", 0, 1, 2, 0, 0, 256, 0, 0)));
        refuses(tooLarge, "element [1, 0, 1] is 256.0 (uint16)", "np.clip");

        Map<String, byte[]> missing = arrays();
        missing.put("x_train", npy("<f8", "False", "2, 2, 2", numbers("<f8", 0, Double.NaN, 2, 0, 0, 2, 0, 0)));
        refuses(missing, "element [0, 0, 1] is NaN (float64)");

        for (String type : java.util.List.of("<f4", "|b1")) {
            Map<String, byte[]> blackAndWhite = arrays();
            blackAndWhite.put("x_train", npy(type, "False", "2, 2, 2", numbers(type, 0, 1, 1, 0, 0, 0, 0, 0)));
            refuses(blackAndWhite, "x_train: levels are 0 and 1", "a = a.astype(np.uint8) * 255");
        }

        Map<String, byte[]> oneHot = arrays();
        oneHot.put("y_train", npy("<f4", "False", "2, 10", numbers("<f4", new double[20])));
        refuses(oneHot, "y_train has shape [2, 10]", "y_train = y_train.argmax(axis=1)");

        Map<String, byte[]> flat = arrays();
        flat.put("x_train", npy("|u1", "False", "2, 4", new byte[8]));
        refuses(flat, "x_train has shape [2, 4]", "x_train = x_train.reshape(-1, 2, 2)");

        Map<String, byte[]> colored = arrays();
        colored.put("x_train", npy("|u1", "False", "2, 2, 2, 3", new byte[24]));
        refuses(colored, "x_train has shape [2, 2, 2, 3]", "x_train = np.rint(x_train.mean(axis=3)).astype(np.uint8)");

        Map<String, byte[]> scalar = arrays();
        scalar.put("y_train", npy("|u1", "False", "", new byte[1]));
        refuses(scalar, "y_train has shape []");

        Map<String, byte[]> records = arrays();
        records.put("y_train", npyWithDescr("[('label', '|u1')]", "2,", new byte[2]));
        refuses(records, "y_train: elements of type of a structured array are not read");
    }

    private static byte[] numbers(String type, double... values) {
        int width = type.charAt(2) - '0';
        ByteBuffer bytes = ByteBuffer.allocate(width * values.length)
                .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (type.substring(1)) {
                case "f2" -> bytes.putShort(half((int) value));
                case "f4" -> bytes.putFloat((float) value);
                case "f8" -> bytes.putDouble(value);
                default -> {
                    switch (width) {
                        case 1 -> bytes.put((byte) value);
                        case 2 -> bytes.putShort((short) (int) value);
                        case 4 -> bytes.putInt((int) value);
                        default -> bytes.putLong((long) value);
                    }
                }
            }
        }
        return bytes.array();
    }

    /** Half-precision bits of a whole number from 1 to 2047. */
    private static short half(int value) {
        int exponent = 31 - Integer.numberOfLeadingZeros(value);
        return (short) (exponent + 15 << 10 | (value << 10 >> exponent) & 0x3ff);
    }

    private void refuses(Map<String, byte[]> arrays, String... messages) throws IOException {
        Path file = npz(arrays);
        assertThatThrownBy(() -> MnistNpz.read(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(messages);
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

    /** NPY format 1.0, as written by numpy.save. */
    private static byte[] npy(String descr, String fortran, String shape, byte[] data) {
        return npy("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n".formatted(descr, fortran, shape), data);
    }

    private static byte[] npyWithDescr(String descr, String shape, byte[] data) {
        return npy("{'descr': %s, 'fortran_order': False, 'shape': (%s), }\n".formatted(descr, shape), data);
    }

    private static byte[] npy(String text, byte[] data) {
        byte[] header = text.getBytes(StandardCharsets.UTF_8);
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
