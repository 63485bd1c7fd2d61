package dev.trainyard.gateway.imports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.job.ImportSource.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Detection of model formats, and messages for unsupported ones. */
class ModelFormatTest {
    private static final byte[] H5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 1};

    @Test
    void hdf5IsDetectedByContentAndOnnxByName() {
        assertThat(ModelFormat.of(H5, "model.onnx")).contains(Format.KERAS_H5);
        assertThat(ModelFormat.of(new byte[] {8, 7}, "MODEL.ONNX")).contains(Format.ONNX);
        assertThat(ModelFormat.of(new byte[] {8, 7}, "model.pb")).isEmpty();
        assertThat(ModelFormat.of(new byte[0], "model.onnx")).isEmpty();
    }

    @Test
    void keras3ArchivesGetAConversionHint() throws Exception {
        byte[] archive = zip("metadata.json", "config.json", "model.weights.h5");
        for (String name : new String[] {"model.keras", "model.h5", "model.onnx", ""}) {
            assertThat(ModelFormat.of(archive, name)).as(name).isEmpty();
            assertThat(ModelFormat.problem(archive, name))
                    .as(name)
                    .contains("Keras 3")
                    .contains("export(\"model.onnx\", format=\"onnx\")")
                    .contains("save(\"model.h5\")");
        }
        assertThat(ModelFormat.problem(new byte[] {'P', 'K', 3, 4, 0}, "cut.keras"))
                .contains("Keras 3");
    }

    @Test
    void filesOfOtherToolsGetAConversionHint() throws Exception {
        assertThat(ModelFormat.problem(zip("model/data.pkl", "model/version"), "model.pt"))
                .contains("PyTorch")
                .contains("torch.onnx.export");
        assertThat(ModelFormat.problem(new byte[] {(byte) 0x80, 2, 3}, "model.pth"))
                .contains("PyTorch");
        assertThat(ModelFormat.problem(
                        "\u001c\0\0\0TFL3.............".getBytes(StandardCharsets.ISO_8859_1), "model.tflite"))
                .contains("TensorFlow Lite");
        assertThat(ModelFormat.problem(zip("readme.txt"), "model.zip")).contains("unpack it");
        assertThat(ModelFormat.problem(new byte[] {1, 2}, "model.bin")).contains("not model.bin of 2 bytes");
    }

    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(new byte[3]);
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
