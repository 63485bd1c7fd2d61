package dev.trainyard.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TFRecordTest {
    /** "abc", framed by another implementation of the format. */
    private static final byte[] ABC = HexFormat.of().parseHex("0300000000000000b099490e6162636e57f121");
    /** An example of a 1×2 image {0, 255} with label 7, encoded and framed by another implementation. */
    private static final byte[] EXAMPLE = HexFormat.of()
            .parseHex("5800000000000000a28b2f8c0a560a0e0a05646570746812051a030a01010a0f0a0668656967687412051a030a01010a"
                    + "130a09696d6167655f72617712060a040a0200ff0a0e0a056c6162656c12051a030a01070a0e0a05776964746812051a03"
                    + "0a0102986f7e11");

    @TempDir
    Path folder;

    @Test
    void recordsAreWrittenAsTensorFlowReadsThem() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TFRecordWriter writer = new TFRecordWriter(out)) {
            writer.write("abc".getBytes());
            writer.write(new ImageExample(ByteString.copyFrom(new byte[] {0, (byte) 255}), 7, 1, 2, 1).encode());
        }
        byte[] both = Arrays.copyOf(ABC, ABC.length + EXAMPLE.length);
        System.arraycopy(EXAMPLE, 0, both, ABC.length, EXAMPLE.length);
        assertThat(out.toByteArray()).isEqualTo(both);
    }

    @Test
    void recordsAreReadBack() throws Exception {
        try (TFRecordReader reader = TFRecordReader.open(file(ABC))) {
            assertThat(reader.next()).isTrue();
            assertThat(new String(reader.buffer(), reader.offset(), reader.length()))
                    .isEqualTo("abc");
            assertThat(reader.next()).isFalse();
        }
        try (TFRecordReader reader = TFRecordReader.open(file(EXAMPLE))) {
            assertThat(reader.next()).isTrue();
            assertThat(ImageExample.decode(reader.buffer(), reader.offset(), reader.length()))
                    .isEqualTo(new ImageExample(ByteString.copyFrom(new byte[] {0, (byte) 255}), 7, 1, 2, 1));
        }
    }

    @Test
    void everyFlippedBitIsFoundAndTheErrorNamesFileAndOffset() throws Exception {
        for (int bit = 0; bit < ABC.length * 8; bit++) {
            byte[] damaged = twice(ABC);
            damaged[ABC.length + bit / 8] ^= (byte) (1 << bit % 8);
            Path file = file(damaged);
            assertThatThrownBy(() -> readAll(file))
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("at byte " + ABC.length + ":");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 14, 18})
    void aTruncatedFileIsReported(int length) throws Exception {
        Path file = file(Arrays.copyOf(twice(ABC), ABC.length + length));
        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("at byte 19: the file ends within a record");
    }

    @Test
    void aMissingFileIsReported() {
        assertThatThrownBy(() -> TFRecordReader.open(folder.resolve("none.tfrecord")))
                .hasMessageContaining("none.tfrecord: no such file");
    }

    private static void readAll(Path file) throws Exception {
        try (TFRecordReader reader = TFRecordReader.open(file)) {
            while (reader.next()) {
                assertThat(reader.length()).isEqualTo(3);
            }
        }
    }

    private static byte[] twice(byte[] record) {
        byte[] twice = Arrays.copyOf(record, record.length * 2);
        System.arraycopy(record, 0, twice, record.length, record.length);
        return twice;
    }

    private Path file(byte[] bytes) throws Exception {
        return Files.write(Files.createTempFile(folder, "some", ".tfrecord"), bytes);
    }
}
