package dev.trainyard.benchmarks.drain;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the first images of MNIST to a small archive, so that trainings are short but real. */
public final class MnistSubset {
    private MnistSubset() {}

    public static void write(Path mnist, Path small, int trainImages, int testImages) throws IOException {
        MnistNpz all = MnistNpz.read(mnist);
        try (OutputStream out = Files.newOutputStream(small);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            part(zip, "train", all.train(), trainImages);
            part(zip, "test", all.test(), testImages);
        }
    }

    private static void part(ZipOutputStream zip, String name, ImageDataset images, int count) throws IOException {
        String shape = "%d, %d, %d".formatted(count, images.height(), images.width());
        array(zip, "x_" + name, shape, Arrays.copyOf(images.pixels(), count * images.imageSize()));
        array(zip, "y_" + name, count + ",", Arrays.copyOf(images.labels(), count));
    }

    /** NPY format 1.0, as written by numpy.save. */
    private static void array(ZipOutputStream zip, String name, String shape, byte[] values) throws IOException {
        byte[] header = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }\n"
                .formatted(shape)
                .getBytes(StandardCharsets.US_ASCII);
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        zip.write(ByteBuffer.allocate(2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) header.length)
                .array());
        zip.write(header);
        zip.write(values);
    }
}
