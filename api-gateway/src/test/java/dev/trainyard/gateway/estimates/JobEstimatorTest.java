package dev.trainyard.gateway.estimates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.jobs.JobFilter;
import dev.trainyard.gateway.jobs.JobQueries;
import dev.trainyard.gateway.jobs.JobView;
import dev.trainyard.job.JobPriority;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.stream.DoubleStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plans and live estimates from a real database. */
@Tag("full")
class JobEstimatorTest {
    private static final int TRAINERS = 2;
    private static final double SECONDS = 54;
    private static final double EPOCH_SECONDS = 25;

    private final Jdbi jdbi = TestDatabase.create();
    private final JobEstimator estimates =
            new JobEstimator(new EstimateQueries(jdbi), pool -> OptionalInt.of(TRAINERS));
    private final JobQueries queries = new JobQueries(jdbi, estimates);

    @BeforeEach
    void fiveJobsHaveEnded() {
        for (int i = 1; i <= 5; i++) {
            ended(insert("success", i * 100), SECONDS);
        }
    }

    @Test
    void aPlanIsEstimatedFromJobsOfTheSameConfiguration() {
        JobPlan.Estimate estimate = estimates
                .plan(config(), "default", JobPriority.NORMAL, "default")
                .estimate();
        assertThat(estimate.basis()).isEqualTo("same_configuration");
        assertThat(estimate.jobs()).isEqualTo(5);
        assertThat(estimate.seconds().mid()).isCloseTo(SECONDS, within(1.0));
        assertThat(estimate.seconds().low()).isLessThan(SECONDS);
        assertThat(estimate.seconds().high()).isGreaterThan(SECONDS);
        assertThat(estimate.samplesPerSecond()).isCloseTo(4_000, within(1.0));
        assertThat(estimate.queuePosition()).isEqualTo(1);
        assertThat(estimate.workers()).isEqualTo(TRAINERS);
        assertThat(Duration.between(estimate.start().mid(), estimate.end().mid()))
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(58));
    }

    @Test
    void aPlanIsLearntFromRunsOfTheSameEngine() {
        jdbi.useHandle(handle -> handle.execute("update job set engine = 'dl4j 1.0.0-M2.1'"));
        UUID fast = insert("success", 10_000);
        ended(fast, SECONDS / 4);
        jdbi.useHandle(handle -> handle.execute(
                "update job set engine = 'vector 1', config = config || '{\"engine\":\"vector\"}' where key = ?",
                fast));
        assertThat(plan(config())).isCloseTo(SECONDS, within(1.0));
        assertThat(plan(config().withEngine("dl4j"))).isCloseTo(SECONDS, within(1.0));
        assertThat(plan(config().withEngine("vector"))).isCloseTo(SECONDS / 4, within(1.0));
        assertThat(estimates
                        .plan(config().withEngine("libtorch"), "default", JobPriority.NORMAL, "default")
                        .estimate()
                        .basis())
                .isEqualTo("other_engines");

        UUID running = insert("training_in_progress", 5);
        assertThat(eta(running)).isCloseTo(SECONDS - 5, within(1.0));
        jdbi.useHandle(handle -> handle.execute("update job set engine = 'vector 1' where key = ?", running));
        assertThat(eta(running)).isCloseTo(SECONDS / 4 - 5, within(1.0));
    }

    private double plan(TrainingConfig config) {
        return estimates
                .plan(config, "default", JobPriority.NORMAL, "default")
                .estimate()
                .seconds()
                .mid();
    }

    /** The intervals are stated for 80 %. */
    @Test
    void theIntervalOfAPlanHoldsAboutEightOfTenJobs() {
        Random random = new Random(11);
        double[] seconds = new double[120];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = SECONDS * Math.exp(0.3 * random.nextGaussian());
            ended(insert("success", 1_000 + 500 * i), seconds[i]);
        }
        JobPlan.Seconds plan = estimates
                .plan(config(), "default", JobPriority.NORMAL, "default")
                .estimate()
                .seconds();
        long held = DoubleStream.of(seconds)
                .filter(one -> one >= plan.low() && one <= plan.high())
                .count();
        assertThat(held).isBetween(90L, 108L);
    }

    private void ended(UUID key, double seconds) {
        jdbi.useHandle(handle -> handle.execute(
                "update job set ended_at = started_at + ? * interval '1 s', pace = 4000 where key = ?", seconds, key));
        for (int epoch = 1; epoch <= 2; epoch++) {
            int number = epoch;
            jdbi.useHandle(handle -> handle.execute(
                    "insert into job_epoch (job_key, epoch, attempt, train_loss, train_accuracy, seconds) "
                            + "values (?, ?, 1, 0.1, 0.9, ?)",
                    key,
                    number,
                    seconds * EPOCH_SECONDS / SECONDS));
        }
    }

    @Test
    void withoutWorkersOnlyTheRunTimeIsEstimated() {
        JobPlan.Estimate estimate = new JobEstimator(new EstimateQueries(jdbi), pool -> OptionalInt.of(0))
                .plan(config(), "default", JobPriority.NORMAL, "default")
                .estimate();
        assertThat(estimate.workers()).isZero();
        assertThat(estimate.start()).isNull();
        assertThat(estimate.end()).isNull();
        assertThat(estimate.seconds().mid()).isCloseTo(SECONDS, within(1.0));
    }

    @Test
    void withAnUnknownNumberOfTrainersNoTimesAreEstimated() {
        insert("training_in_progress", 20);
        JobPlan.Estimate estimate = new JobEstimator(new EstimateQueries(jdbi), pool -> OptionalInt.empty())
                .plan(config(), "default", JobPriority.NORMAL, "default")
                .estimate();
        assertThat(estimate.workers()).isNull();
        assertThat(estimate.start()).isNull();
        assertThat(estimate.end()).isNull();
        assertThat(estimate.seconds().mid()).isCloseTo(SECONDS, within(1.0));
        JobPlan.Estimate alone = new JobEstimator(new EstimateQueries(jdbi), pool -> OptionalInt.of(1))
                .plan(config(), "default", JobPriority.NORMAL, "default")
                .estimate();
        assertThat(alone.workers()).isEqualTo(1);
        assertThat(alone.start()).isNotNull();
    }

    @Test
    void theLiveEstimateMovesFromThePlanToTheProgressOfTheWorker() {
        UUID key = insert("training_in_progress", 20);
        estimates.plan(config(), "default", JobPriority.NORMAL, "default");
        assertThat(eta(key)).isCloseTo(SECONDS - 20, within(1.0));
        worker(key, 0.15, 100);
        // half weight; the worker's estimate does not include the steps after the last epoch
        double after = 0.7 * (SECONDS - 2 * EPOCH_SECONDS);
        assertThat(eta(key)).isCloseTo((SECONDS - 20) / 2 + (100 + after) / 2, within(1.0));
        worker(key, 0.6, 100);
        assertThat(eta(key)).isCloseTo(100 + after, within(1.0));
        assertThat(queries.list(JobFilter.ALL, 10, null).jobs())
                .filteredOn(job -> job.key().equals(key))
                .extracting(JobView::etaSeconds)
                .satisfiesExactly(eta -> assertThat(eta).isCloseTo(100 + after, within(1.0)));
    }

    @Test
    void tenThousandQueuedJobsAreTakenIntoAccount() {
        UUID first = insert("queued", 0);
        jdbi.useHandle(handle -> handle.execute(
                "insert into job (key, status, config, epochs) select gen_random_uuid(), 'queued', config, epochs "
                        + "from job, generate_series(1, 9999) where key = ?",
                first));
        JobPlan.Estimate estimate = estimates
                .plan(config(), "default", JobPriority.NORMAL, "default")
                .estimate();
        assertThat(estimate.queuePosition()).isEqualTo(10_001);
        double wait = 10_000 * SECONDS / TRAINERS;
        assertThat(Duration.between(Instant.now(), estimate.start().mid()).toSeconds() / wait)
                .isCloseTo(1, within(0.2));
        assertThat(queries.find(first).orElseThrow().queuePosition()).isEqualTo(1);
        assertThat(queries.list(JobFilter.ALL, 2, null).jobs())
                .extracting(JobView::queuePosition)
                .containsExactly(10_000, 9_999);
    }

    private double eta(UUID key) {
        return queries.find(key).orElseThrow().etaSeconds();
    }

    private void worker(UUID key, double progress, double eta) {
        jdbi.useHandle(handle -> handle.execute(
                "update job set progress = ?, eta_seconds = ?, progress_at = now() where key = ?", progress, eta, key));
    }

    /** @param ago seconds since it was submitted and, unless it waits, started */
    private UUID insert(String status, double ago) {
        UUID key = UUID.randomUUID();
        String json = new String(WireJson.write(config()), StandardCharsets.UTF_8);
        jdbi.useHandle(handle -> handle.execute("""
                        insert into job (key, status, config, epochs, created_at, started_at, ended_at, token)
                        select ?, status, cast(? as jsonb), 2, at, case when status <> 'queued' then at end,
                            case when status = 'success' then at end,
                            case when status = 'training_in_progress' then gen_random_uuid() end
                        from (select cast(? as text) as status, now() - ? * interval '1 s' as at) wanted
                        """, key, json, status, ago));
        return key;
    }

    private static TrainingConfig config() {
        try {
            return ((TrainingConfigReader.Valid)
                            TrainingConfigReader.read(WireJson.mapper().readTree("""
                    {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                     "train_args":{"batch_size":32,"epochs":2}}""")))
                    .config();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
