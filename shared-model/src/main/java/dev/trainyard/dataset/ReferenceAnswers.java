package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a model answered where it came from: a NumPy archive with {@code images}, unsigned bytes {@code [N,height,width]}
 * as in MNIST, and {@code probabilities}, float32 or float64 {@code
 * [N,classes]}.
 *
 * @param images their labels are the likeliest classes
 * @param probabilities a row for each image
 */
public record ReferenceAnswers(ImageDataset images, float[][] probabilities) {
    private static final int MAX_ARRAY_BYTES = 64 << 20;
    /** What the header of an array that NumPy writes takes at least. */
    private static final int HEADER_BYTES = 128;

    /** @throws DatasetException if the archive or an array in it is missing, damaged or of another form */
    public static ReferenceAnswers read(Path npz, int height, int width, int classes) throws DatasetException {
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            NpyArray images = NpyArray.parse(bytes(npz, zip, "images"));
            byte[] answers = bytes(npz, zip, "probabilities");
            NpyArray probabilities =
                    hasDoubles(answers) ? NpyArray.parseDoubles(answers) : NpyArray.parseFloats(answers);
            int count = probabilities.shape().length == 0 ? 0 : probabilities.shape()[0];
            if (count == 0 || !Arrays.equals(probabilities.shape(), new int[] {count, classes})) {
                throw wrong(npz, "probabilities", probabilities, "[N, %d] with N from 1".formatted(classes));
            }
            if (images.values().length != (long) count * height * width || images.shape()[0] != count) {
                throw wrong(npz, "images", images, "[%d, %d, %d]".formatted(count, height, width));
            }
            float[][] rows = rows(probabilities.floats(), count, classes);
            return new ReferenceAnswers(new ImageDataset(images.values(), likeliest(rows), height, width, 1), rows);
        } catch (DatasetException e) {
            throw e;
        } catch (IOException | ArithmeticException e) {
            throw new DatasetException(npz, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Path npz, ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name + ".npy");
        if (entry == null) {
            throw new DatasetException(npz, "has no array " + name);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(MAX_ARRAY_BYTES);
            if (in.read() >= 0) {
                throw new DatasetException(npz, "array %s has more than %d bytes".formatted(name, MAX_ARRAY_BYTES));
            }
            return bytes;
        }
    }

    /** NumPy's own default, which Keras' and PyTorch's answers become by the least arithmetic. */
    private static boolean hasDoubles(byte[] array) {
        return new String(array, 0, Math.min(array.length, HEADER_BYTES), StandardCharsets.ISO_8859_1)
                .contains("'<f8'");
    }

    private static float[][] rows(FloatBuffer values, int count, int classes) {
        float[][] rows = new float[count][classes];
        for (float[] row : rows) {
            values.get(row);
        }
        return rows;
    }

    private static byte[] likeliest(float[][] rows) {
        byte[] labels = new byte[rows.length];
        for (int i = 0; i < labels.length; i++) {
            for (int c = 1; c < rows[i].length; c++) {
                labels[i] = rows[i][c] > rows[i][labels[i]] ? (byte) c : labels[i];
            }
        }
        return labels;
    }

    private static DatasetException wrong(Path npz, String name, NpyArray array, String wanted) {
        return new DatasetException(
                npz, "array %s has shape %s, expected %s".formatted(name, Arrays.toString(array.shape()), wanted));
    }
}
