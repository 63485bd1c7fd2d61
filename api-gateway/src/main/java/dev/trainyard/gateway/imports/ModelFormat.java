package dev.trainyard.gateway.imports;

import dev.trainyard.job.ImportSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Detects the format of a model file by its first bytes and its name. */
final class ModelFormat {
    static final byte[] ZIP = {'P', 'K', 3, 4};

    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final byte[] TFLITE = "TFL3".getBytes(StandardCharsets.US_ASCII);
    private static final int TFLITE_AT = 4;
    private static final byte[] PICKLE = {(byte) 0x80, 2};
    /** Number of archive entries that are checked; a model archive has its typical ones near the beginning. */
    private static final int MAX_ENTRIES = 32;

    private static final String WANTED =
            "a Keras 2 file (.h5, of model.save) or an ONNX file whose name ends with .onnx";
    private static final String TORCH =
            "must be %s. This is a file of PyTorch: write it with torch.onnx.export(model.eval(), torch.zeros(1, 1, 28, 28), \"model.onnx\", dynamic_axes={\"input\": {0: \"n\"}}, input_names=[\"input\"]) and send that"
                    .formatted(WANTED);

    private ModelFormat() {}

    /** Empty if the format is not supported; {@link #problem} gives the reason. */
    static Optional<ImportSource.Format> of(byte[] file, String fileName) {
        // HDF5 has a signature; ONNX has none, so its file name decides
        if (startsWith(file, HDF5)) {
            return Optional.of(ImportSource.Format.KERAS_H5);
        }
        boolean onnx = file.length > 0 && fileName.toLowerCase(Locale.ROOT).endsWith(".onnx") && !startsWith(file, ZIP);
        return onnx ? Optional.of(ImportSource.Format.ONNX) : Optional.empty();
    }

    /** The reason why a file is not supported and how to convert it, as the rest of a sentence. */
    static String problem(byte[] file, String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (startsWith(file, ZIP)) {
            String kind = archive(file);
            if (kind.equals("keras") || name.endsWith(".keras")) {
                return ("must be %s. This is a .keras archive, as Keras 3 writes: keras.saving.load_model(\"model.keras\").export(\"model.onnx\", format=\"onnx\") makes ONNX of it; "
                                + "with Keras 2.12 to 2.15, keras.models.load_model(\"model.keras\").save(\"model.h5\") does too")
                        .formatted(WANTED);
            }
            if (kind.equals("torch")) {
                return TORCH;
            }
            return "must be %s, not a zip archive; unpack it and send the model that is in it".formatted(WANTED);
        }
        if (file.length > TFLITE_AT + TFLITE.length
                && Arrays.equals(file, TFLITE_AT, TFLITE_AT + TFLITE.length, TFLITE, 0, TFLITE.length)) {
            return "must be %s. This is a file of TensorFlow Lite: python -m tf2onnx.convert --tflite model.tflite --output model.onnx --opset 15 makes ONNX of it"
                    .formatted(WANTED);
        }
        if (startsWith(file, PICKLE)) {
            return TORCH;
        }
        return "must be %s, not %s of %,d bytes"
                .formatted(WANTED, fileName.isEmpty() ? "a file without name" : fileName, file.length);
    }

    /** {@code keras}, {@code torch} or empty. */
    private static String archive(byte[] file) {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
            ZipEntry entry = zip.getNextEntry();
            for (int i = 0; entry != null && i < MAX_ENTRIES; i++) {
                String name = entry.getName();
                if (name.equals("config.json") || name.equals("metadata.json") || name.equals("model.weights.h5")) {
                    return "keras";
                }
                if (name.endsWith("data.pkl")) {
                    return "torch";
                }
                // the content of an entry is not read
                entry = entry.getMethod() == ZipEntry.STORED ? zip.getNextEntry() : null;
            }
        } catch (IOException | IllegalArgumentException e) {
            return ""; // a damaged archive is not a model either
        }
        return "";
    }

    static boolean startsWith(byte[] file, byte[] signature) {
        return file.length >= signature.length
                && Arrays.equals(file, 0, signature.length, signature, 0, signature.length);
    }
}
