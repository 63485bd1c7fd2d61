package dev.trainyard.trainer;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.TestBroker;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.FakeEngine;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.TrainJobs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainLimitTest {
    @TempDir
    Path dir;

    private final FakeEngine engine = new FakeEngine();
    private final CountDownLatch training = new CountDownLatch(1);
    private final CountDownLatch brokerGone = new CountDownLatch(1);
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void aHangingBatchAndAnUnreachableBrokerStayWithinTheDrainLimit() throws Exception {
        engine.beforeBatch = (samples, loss) -> hangInTheSecondEpoch();
        TrainerProcess trainer;
        try (TestBroker broker = new TestBroker();
                TestGateway queue = new TestGateway(broker.kafka())) {
            trainer = trainer(broker);
            queue.submit(aTrainJob().epochs(2).build());
            assertThat(training.await(20, TimeUnit.SECONDS)).isTrue();
        }
        brokerGone.countDown();
        // the event of the first epoch is never acknowledged and delays nothing
        assertThat(hanging.await(5, TimeUnit.SECONDS)).isTrue();

        long closing = System.nanoTime();
        trainer.close();
        Duration taken = Duration.ofNanos(System.nanoTime() - closing);

        end.countDown();
        assertThat(taken).isLessThan(Duration.ofMillis(2_900));
    }

    private void hangInTheSecondEpoch() {
        training.countDown();
        await(brokerGone);
        if (engine.trainedOn.size() == 2) {
            hanging.countDown();
            await(end);
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true; // native code ignores interrupts
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private TrainerProcess trainer(TestBroker broker) {
        TrainerProcess trainer = new TrainerProcess(
                "trainer",
                TestSettings.with(Map.of("trainyard.artifacts.dir", dir.toString(), "trainyard.drain.limit", "2s")),
                broker.kafka(),
                Engines.only(engine),
                name -> TrainJobs.data(100, 30),
                (onnx, run, images) -> 0,
                ImportCheck.NONE,
                new SimpleMeterRegistry());
        trainer.start();
        return trainer;
    }
}
