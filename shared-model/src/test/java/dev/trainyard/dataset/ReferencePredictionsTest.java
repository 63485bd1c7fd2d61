package dev.trainyard.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class ReferencePredictionsTest {
    private static final float[] ROWS = {0.1f, 0.9f, 0.75f, 0.25f};

    @TempDir
    Path folder;

    private final Map<String, byte[]> arrays = new LinkedHashMap<>();

    @Test
    void imagesAreReadWithTheirPredictions() throws Exception {
        array("images", "|u1", "(2, 2, 2)", new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) 255});
        array("probabilities", "<f4", "(2, 2)", floats(ROWS));

        ReferencePredictions answers = read();

        assertThat(answers.images().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, 255);
        assertThat(answers.images().labels()).containsExactly(1, 0);
        assertThat(answers.probabilities()).isDeepEqualTo(new float[][] {{0.1f, 0.9f}, {0.75f, 0.25f}});
    }

    @Test
    void missingOrInvalidArraysAreReported() throws Exception {
        array("images", "|u1", "(2, 2, 2)", new byte[8]);
        refuse("has no array probabilities");
        array("probabilities", "<c8", "(2, 2)", new byte[32]);
        refuse("array probabilities: elements of type '<c8' are not read");
        array("probabilities", "<f4", "(2, 2)", new byte[15]);
        refuse("needs 16 bytes, the array holds 15");
        array("probabilities", "<f4", "(2, 3)", new byte[24]);
        refuse("shape [2, 3], expected [N, 2]");
        array("probabilities", "<f4", "(0, 2)", new byte[0]);
        refuse("N from 1");
        array("probabilities", "<f4", "(2, 2)", floats(ROWS));
        array("images", "|u1", "(3, 2, 2)", new byte[12]);
        refuse("array images has shape [3, 2, 2], expected [2, 2, 2]");
        array("images", "<f4", "(2, 2, 2)", floats(new float[] {0, 1, 0.25f, 0, 0, 0, 0, 0}));
        refuse("array images: element [0, 1, 0] is 0.25 (float32)");
    }

    @Test
    void numbersOfOtherTypesAreRead() throws Exception {
        array("images", "<f4", "(2, 2, 2)", floats(new float[] {1, 2, 3, 4, 5, 6, 7, 255}));
        ByteBuffer doubles = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        doubles.putDouble(0.125).putDouble(0.875).putDouble(0.75).putDouble(0.25);
        array("probabilities", "<f8", "(2, 2)", doubles.array());

        ReferencePredictions answers = read();

        assertThat(answers.images().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, 255);
        assertThat(answers.probabilities()).isDeepEqualTo(new float[][] {{0.125f, 0.875f}, {0.75f, 0.25f}});
    }

    private void refuse(String sentence) {
        assertThatThrownBy(this::read).isInstanceOf(DatasetException.class).hasMessageContaining(sentence);
    }

    private ReferencePredictions read() throws IOException {
        Path npz = folder.resolve("reference.npz");
        try (OutputStream out = Files.newOutputStream(npz);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
            }
        }
        return ReferencePredictions.read(npz, 2, 2, 2);
    }

    private void array(String name, String type, String shape, byte[] values) {
        String header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(type, shape);
        ByteBuffer file = ByteBuffer.allocate(10 + header.length() + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(values);
        arrays.put(name, file.array());
    }

    private static byte[] floats(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
