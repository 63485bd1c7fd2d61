package dev.trainyard.gateway.prediction.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivedBodyTest {
    private static final int MOST = 1024 * 1024;
    private static final Duration LONG = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final MemoryBudget disk = new MemoryBudget(2 * MOST);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, MOST - 1, MOST})
    void itIsWhatWasSentHoweverItCame(int size) throws Exception {
        byte[] sent = random(size);
        try (ArrivedBody body = receive(inPieces(sent), LONG)) {
            assertThat(body.size()).isEqualTo(size);
            assertThat(body.read()).isEqualTo(sent);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsTooLargeOrTooLateIsRefusedAndLeavesNoFile() {
        assertThatThrownBy(() -> receive(inPieces(random(MOST + 1)), LONG))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("(1 MB)");
        assertThatThrownBy(() -> receive(inPieces(random(MOST)), Duration.ZERO))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("did not arrive within 0 s");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void itTakesOnlyTheDiskThatIsFreeAndOnlyWhileItArrives() throws Exception {
        try (MemoryBudget.Share others = disk.none()) {
            assertThat(others.growTo(2 * MOST - 100_000)).isTrue();
            assertThatThrownBy(() -> receive(inPieces(random(MOST)), LONG))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("arriving already");
            assertThat(others.growTo(2 * MOST)).as("given back").isTrue();
        }
        receive(inPieces(random(MOST)), LONG).close();
        try (MemoryBudget.Share all = disk.none()) {
            assertThat(all.growTo(2 * MOST)).isTrue();
        }
    }

    private ArrivedBody receive(InputStream body, Duration time) throws IOException {
        return ArrivedBody.receive(body, new ArrivedBody.Limits(MOST, time, folder, disk));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /** Pieces of no size that any buffer is a multiple of. */
    private static InputStream inPieces(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                return super.read(into, from, Math.min(length, 1_447));
            }
        };
    }
}
