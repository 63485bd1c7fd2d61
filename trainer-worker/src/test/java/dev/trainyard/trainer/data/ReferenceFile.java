package dev.trainyard.trainer.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.trainyard.dataset.ImageDataset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Reference predictions in the format of {@code numpy.savez}. */
public final class ReferenceFile {
    private ReferenceFile() {}

    public static byte[] of(ImageDataset images, float[][] probabilities) throws IOException {
        int classes = probabilities[0].length;
        ByteBuffer answers = ByteBuffer.allocate(probabilities.length * classes * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : probabilities) {
            for (float probability : row) {
                answers.putFloat(probability);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(file)) {
            String shape = "(%d, %d, %d)".formatted(images.size(), images.height(), images.width());
            add(zip, "images", "|u1", shape, images.pixels());
            add(zip, "probabilities", "<f4", "(%d, %d)".formatted(images.size(), classes), answers.array());
        }
        return file.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, String type, String shape, byte[] values)
            throws IOException {
        byte[] header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n"
                .formatted(type, shape)
                .getBytes(ISO_8859_1);
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        zip.write(header.length & 0xff);
        zip.write(header.length >> 8);
        zip.write(header);
        zip.write(values);
        zip.closeEntry();
    }
}
