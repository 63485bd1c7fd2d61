package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reference predictions of an imported model: a NumPy archive with {@code images}, integers from 0 to 255 of shape
 * {@code [N,height,width]} as in MNIST, and {@code probabilities} {@code [N,classes]}, both of any number type.
 *
 * @param images the images; their labels are the most likely classes
 * @param probabilities one row per image
 */
public record ReferencePredictions(ImageDataset images, float[][] probabilities) {
    private static final int MAX_ARRAY_BYTES = 64 << 20;

    /** @throws DatasetException if the archive or one of its arrays is missing, damaged or has an unexpected shape */
    public static ReferencePredictions read(Path npz, int height, int width, int classes) throws DatasetException {
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            NpyArray.Bytes images = bytes(npz, zip);
            NpyArray.Floats probabilities = floats(npz, zip);
            int count = probabilities.shape().length == 0 ? 0 : probabilities.shape()[0];
            if (count == 0 || !Arrays.equals(probabilities.shape(), new int[] {count, classes})) {
                throw wrong(npz, "probabilities", probabilities.shape(), "[N, %d] with N from 1".formatted(classes));
            }
            if (images.values().length != (long) count * height * width || images.shape()[0] != count) {
                throw wrong(npz, "images", images.shape(), "[%d, %d, %d]".formatted(count, height, width));
            }
            float[][] rows = rows(probabilities.values(), count, classes);
            return new ReferencePredictions(new ImageDataset(images.values(), likeliest(rows), height, width, 1), rows);
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(npz, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static NpyArray.Bytes bytes(Path npz, ZipFile zip) throws IOException {
        ZipEntry entry = entry(npz, zip, "images");
        try (InputStream in = zip.getInputStream(entry)) {
            return NpyArray.readLevels(in, entry.getSize());
        } catch (IOException e) {
            throw new DatasetException(npz, "array images: " + e.getMessage(), e);
        }
    }

    private static NpyArray.Floats floats(Path npz, ZipFile zip) throws IOException {
        ZipEntry entry = entry(npz, zip, "probabilities");
        try (InputStream in = zip.getInputStream(entry)) {
            return NpyArray.readFloats(in, entry.getSize());
        } catch (IOException e) {
            throw new DatasetException(npz, "array probabilities: " + e.getMessage(), e);
        }
    }

    private static ZipEntry entry(Path npz, ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name + ".npy");
        if (entry == null) {
            throw new DatasetException(npz, "has no array " + name);
        }
        if (entry.getSize() > MAX_ARRAY_BYTES) {
            throw new DatasetException(npz, "array %s has more than %d bytes".formatted(name, MAX_ARRAY_BYTES));
        }
        return entry;
    }

    private static float[][] rows(float[] values, int count, int classes) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(values, i * classes, (i + 1) * classes);
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

    private static DatasetException wrong(Path npz, String name, int[] shape, String wanted) {
        return new DatasetException(
                npz, "array %s has shape %s, expected %s".formatted(name, Arrays.toString(shape), wanted));
    }
}
