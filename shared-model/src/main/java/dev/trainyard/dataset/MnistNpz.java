package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** MNIST as it is delivered: a NumPy archive with {@code x_train}, {@code y_train}, {@code x_test}, {@code y_test}. */
public record MnistNpz(ImageDataset train, ImageDataset test) {
    /** Digits. */
    public static final int CLASSES = 10;

    private static final int MAX_ARRAY_BYTES = 1 << 30;

    public ImageDataset split(Split split) {
        return split == Split.TRAIN ? train : test;
    }

    /**
     * Reads both parts.
     *
     * @throws DatasetException if the archive or an array in it is missing, damaged or of another form
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
            throw new DatasetException(npz, "not a whole NumPy archive (.npz): " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DatasetException(npz, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static ImageDataset part(Path npz, ZipFile zip, Split split) throws DatasetException {
        NpyArray images = array(npz, zip, "x_" + split.fileName());
        NpyArray labels = array(npz, zip, "y_" + split.fileName());
        if (images.shape().length != 3) {
            throw new DatasetException(
                    npz, "x_%s has %d dimensions, expected 3".formatted(split.fileName(), images.shape().length));
        }
        if (labels.shape().length != 1 || labels.shape()[0] != images.shape()[0]) {
            throw new DatasetException(
                    npz, "y_%s has not one label for each of %d images".formatted(split.fileName(), images.shape()[0]));
        }
        byte[] values = labels.values();
        for (int i = 0; i < values.length; i++) {
            if (Byte.toUnsignedInt(values[i]) >= CLASSES) {
                throw new DatasetException(
                        npz, "y_%s[%d] is %d, no digit".formatted(split.fileName(), i, values[i] & 0xff));
            }
        }
        return new ImageDataset(images.values(), values, images.shape()[1], images.shape()[2], 1);
    }

    private static NpyArray array(Path npz, ZipFile zip, String name) throws DatasetException {
        ZipEntry entry = zip.getEntry(name + ".npy");
        if (entry == null) {
            throw new DatasetException(npz, "has no array " + name);
        }
        if (entry.getSize() > MAX_ARRAY_BYTES) {
            throw new DatasetException(npz, "array %s of %d bytes is too large".formatted(name, entry.getSize()));
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return NpyArray.parse(in.readNBytes(MAX_ARRAY_BYTES));
        } catch (IOException | ArithmeticException e) {
            throw new DatasetException(npz, "array %s: %s".formatted(name, e.getMessage()), e);
        }
    }
}
