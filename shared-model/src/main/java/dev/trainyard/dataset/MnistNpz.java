package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** MNIST's original format: a NumPy archive with {@code x_train}, {@code y_train}, {@code x_test}, {@code y_test}. */
public record MnistNpz(ImageDataset train, ImageDataset test) {
    public static final int CLASSES = 10;

    private static final int MAX_ARRAY_BYTES = 1 << 30;

    public ImageDataset split(Split split) {
        return split == Split.TRAIN ? train : test;
    }

    /**
     * Reads both splits.
     *
     * @throws DatasetException if the archive or one of its arrays is missing, damaged or has an unexpected shape
     */
    public static MnistNpz read(Path npz) throws DatasetException {
        if (!Files.isRegularFile(npz)) {
            throw new DatasetException(npz, "no such file; expected a NumPy archive (.npz) with x_train, y_train, …");
        }
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            ImageDataset train = part(npz, zip, Split.TRAIN);
            ImageDataset test = part(npz, zip, Split.TEST);
            if (train.height() != test.height() || train.width() != test.width()) {
                throw new DatasetException(npz, "training and test images differ in size");
            }
            return new MnistNpz(train, test);
        } catch (DatasetException e) {
            throw e;
        } catch (ZipException e) {
            throw new DatasetException(npz, "not a complete NumPy archive (.npz): " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DatasetException(npz, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static ImageDataset part(Path npz, ZipFile zip, Split split) throws DatasetException {
        String imagesName = "x_" + split.fileName();
        String labelsName = "y_" + split.fileName();
        NpyArray.Bytes images = array(npz, zip, imagesName, NpyArray::readLevels);
        NpyArray.Bytes labels = array(npz, zip, labelsName, NpyArray::readBytes);
        int[] shape = images.shape();
        boolean oneChannel = shape.length == 4 && (shape[3] == 1 || shape[1] == 1);
        if (shape.length != 3 && !oneChannel) {
            throw new DatasetException(npz, shapeOf(imagesName, shape) + remedyForImages(imagesName, shape));
        }
        int first = oneChannel && shape[3] != 1 ? 2 : 1; // channels first, as in PyTorch
        if (labels.shape().length == 0 || labels.shape()[0] != shape[0] || labels.values().length != shape[0]) {
            throw new DatasetException(
                    npz, shapeOf(labelsName, labels.shape()) + remedyForLabels(labelsName, labels, shape[0]));
        }
        byte[] values = labels.values();
        for (int i = 0; i < values.length; i++) {
            if (Byte.toUnsignedInt(values[i]) >= CLASSES) {
                throw new DatasetException(
                        npz,
                        "%s[%d] is %d, not a digit from 0 to %d"
                                .formatted(labelsName, i, values[i] & 0xff, CLASSES - 1));
            }
        }
        return new ImageDataset(images.values(), values, shape[first], shape[first + 1], 1);
    }

    private static String shapeOf(String name, int[] shape) {
        return "%s has shape %s; ".formatted(name, Arrays.toString(shape));
    }

    private static String remedyForImages(String name, int[] shape) {
        int side = shape.length == 2 ? (int) Math.sqrt(shape[1]) : 0;
        if (side > 0 && side * side == shape[1]) {
            return "expected images of rows and columns: %s = %s.reshape(-1, %d, %d)".formatted(name, name, side, side);
        }
        if (shape.length == 4) {
            return "expected grey images: %s = np.rint(%s.mean(axis=3)).astype(np.uint8)".formatted(name, name);
        }
        return "expected 3 dimensions: images, rows, columns";
    }

    private static String remedyForLabels(String name, NpyArray.Bytes labels, int images) {
        int[] shape = labels.shape();
        return shape.length == 2 && shape[0] == images
                ? "expected one label per image: %s = %s.argmax(axis=1)".formatted(name, name)
                : "expected one label for each of %d images".formatted(images);
    }

    private interface Reader {
        NpyArray.Bytes read(InputStream in, long fileBytes) throws IOException;
    }

    private static NpyArray.Bytes array(Path npz, ZipFile zip, String name, Reader reader) throws DatasetException {
        ZipEntry entry = zip.getEntry(name + ".npy");
        if (entry == null) {
            throw new DatasetException(npz, "has no array " + name);
        }
        if (entry.getSize() > MAX_ARRAY_BYTES) {
            throw new DatasetException(npz, "array %s of %d bytes is too large".formatted(name, entry.getSize()));
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return reader.read(in, entry.getSize());
        } catch (IOException e) {
            throw new DatasetException(npz, "array %s: %s".formatted(name, e.getMessage()), e);
        }
    }
}
