package dev.trainyard.gateway.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Trust;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DriftWindowsTest {
    private final Jdbi jdbi = TestDatabase.create();
    private final DriftWindows windows = new DriftWindows(jdbi, 10);
    private final DriftCounter counter = new DriftCounter(windows);

    @Test
    void repliesAreAddedToTheOpenWindowUntilItIsFull() {
        version("M", 1);
        counter.count(reply("M", 1, 0, false, new int[] {1, 2, 3}));
        counter.count(reply("M", 1, 1, true, new int[] {0, 2, 15}));
        counter.flush();
        counter.flush(); // nothing new
        assertThat(windows.newest("M", 1, 5)).singleElement().satisfies(window -> {
            assertThat(window.closedAt()).isNull();
            assertThat(window.images()).isEqualTo(2);
            assertThat(window.outliers()).isEqualTo(1);
            assertThat(window.probability()).as("of accepted images").isEqualTo(0.75);
            assertThat(window.classes()).containsExactly(1, 1);
            assertThat(window.confidence()).startsWith(1, 1, 0);
            assertThat(window.score()).startsWith(0, 0, 2);
            assertThat(window.ink()).endsWith(1);
        });
        for (int i = 0; i < 8; i++) {
            counter.count(reply("M", 1, 0, false, new int[] {1, 2, 3}));
        }
        counter.flush();
        counter.count(reply("M", 1, 0, false, new int[] {1, 2, 3}));
        counter.flush();
        List<DriftWindows.Window> both = windows.newest("M", 1, 5);
        assertThat(both).extracting(DriftWindows.Window::images).containsExactly(1L, 10L);
        assertThat(both.get(1).closedAt()).isNotNull();
        assertThat(windows.lastClosed(Duration.ofMinutes(1)))
                .singleElement()
                .satisfies(window -> assertThat(window.of()).isEqualTo(new VersionKey("M", 1)));
    }

    @Test
    void gatewaysThatAddAtTheSameTimeLoseNothing() throws Exception {
        version("M", 1);
        ExecutorService gateways = Executors.newFixedThreadPool(4);
        List<Future<?>> done = new ArrayList<>();
        for (int gateway = 0; gateway < 4; gateway++) {
            DriftCounter own = new DriftCounter(windows);
            done.add(gateways.submit(() -> {
                for (int i = 0; i < 50; i++) {
                    own.count(reply("M", 1, 0, false, new int[] {1, 2, 3}));
                    own.flush();
                }
            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
        gateways.shutdown();
        List<DriftWindows.Window> all = windows.newest("M", 1, 100);
        assertThat(all.stream().mapToLong(DriftWindows.Window::images).sum()).isEqualTo(200);
        assertThat(all).hasSize(20).allMatch(window -> window.closedAt() != null);
    }

    @Test
    void otherRepliesAreIgnored() {
        version("M", 1);
        counter.count(reply("M", 1, 0, false, null));
        counter.count(reply("M", 1, 0, false, new int[] {1}));
        counter.count(reply("M", 1, 0, false, new int[] {1, 2, 99}));
        counter.count(new PredictReply(1, new PredictReply.Rejected("no image")));
        counter.count(new PredictReply(1, new Answered("M", 1, 0, new float[] {1, 0}, null)));
        counter.flush();
        assertThat(windows.newest("M", 1, 5)).isEmpty();
    }

    @Test
    void imagesOfADeletedVersionAreForgotten() {
        counter.count(reply("Gone", 1, 0, false, new int[] {1, 2, 3}));
        counter.flush();
        assertThat(windows.newest("Gone", 1, 5)).isEmpty();
    }

    @Test
    void oldWindowsAreDeleted() {
        version("M", 1);
        counter.count(reply("M", 1, 0, false, new int[] {1, 2, 3}));
        counter.flush();
        assertThat(windows.deleteOld(Duration.ofMinutes(1), 10)).isZero();
        jdbi.useHandle(handle -> handle.execute("update drift_window set updated_at = now() - interval '2 min'"));
        assertThat(windows.deleteOld(Duration.ofMinutes(1), 10)).isOne();
    }

    private void version(String name, int version) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into model_version (name, version, onnx, metadata, test_accuracy) values (?, ?, '{}', '{}', 1)",
                name,
                version));
    }

    private static PredictReply reply(
            String model, int version, int prediction, boolean outlier, int @Nullable [] bins) {
        return new PredictReply(
                1,
                new Answered(
                        model,
                        version,
                        prediction,
                        new float[] {0.75f, 0.25f},
                        new Trust(new int[0], outlier, 1, 2, bins)));
    }
}
