package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Grey images without labels from a NumPy archive: its array {@code images}, otherwise {@code x_test}, otherwise the
 * first array with three dimensions.
 *
 * @param pixels {@code count * height * width} unsigned bytes, row-major
 */
public record UnlabelledImages(int count, int height, int width, byte[] pixels) {
    private static final List<String> PREFERRED = List.of("images.npy", "x_test.npy");

    /** @throws DatasetException if there is no such array of integers from 0 to 255 */
    public static UnlabelledImages read(Path npz) throws DatasetException {
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            List<? extends ZipEntry> entries = zip.stream()
                    .sorted(Comparator.comparing(entry -> !PREFERRED.contains(entry.getName())))
                    .toList();
            for (ZipEntry entry : entries) {
                try (InputStream in = zip.getInputStream(entry)) {
                    NpyArray.Bytes array = NpyArray.readLevels(in, entry.getSize());
                    int[] shape = array.shape();
                    if (shape.length == 3) {
                        return new UnlabelledImages(shape[0], shape[1], shape[2], array.values());
                    }
                }
            }
            throw new DatasetException(npz, "has no array with three dimensions: images, rows, columns");
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(npz, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The pixels of one image. */
    public byte[] image(int index) {
        return Arrays.copyOfRange(pixels, index * height * width, (index + 1) * height * width);
    }
}
