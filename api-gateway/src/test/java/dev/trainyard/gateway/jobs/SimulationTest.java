package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.job.JobState;
import dev.trainyard.message.TrainEvent;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dsimulation.seed=N} replays one seed. */
class SimulationTest {
    private static final int SEEDS = 10_000;
    private static final JobRules RULES = Simulation.rules(new Random(0));

    @Test
    @Timeout(300)
    void nothingIsLostAndNothingHappensTwiceUnderAnySeed() {
        Long one = Long.getLong("simulation.seed");
        LongStream seeds = one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
        List<String> wrong = violations(seeds, RULES::on);
        assertThat(wrong).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(violations(LongStream.range(0, 50), SimulationTest::withoutFence))
                .isEqualTo(violations(LongStream.range(0, 50), SimulationTest::withoutFence));
    }

    @Test
    void theCheckerDetectsMissingTokens() {
        assertThat(violations(LongStream.range(0, 200), SimulationTest::withoutFence))
                .isNotEmpty();
    }

    @Test
    void theCheckerDetectsMissingSequences() {
        assertThat(violations(LongStream.range(0, 200), SimulationTest::withoutSequence))
                .isNotEmpty();
    }

    @Test
    void theCheckerDetectsUnconditionalClaims() {
        assertThat(violations(LongStream.range(0, 200), SimulationTest::claimingAnything))
                .isNotEmpty();
    }

    @Test
    void theCheckerDetectsAnIgnoredHold() {
        assertThat(violations(LongStream.range(0, 200), SimulationTest::withoutHolds))
                .anyMatch(what -> what.contains("beyond its hold"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void theChecksDetectAWrongDispatcher(SimDispatcher.Fault fault) {
        assertThat(violations(LongStream.range(0, 500), RULES::on, fault)).isNotEmpty();
    }

    private static List<String> violations(LongStream seeds, BiFunction<JobRow, TrainEvent, JobRules.Decision> judge) {
        return violations(seeds, judge, SimDispatcher.Fault.NONE);
    }

    private static List<String> violations(
            LongStream seeds,
            BiFunction<JobRow, TrainEvent, JobRules.Decision> judge,
            SimDispatcher.Fault dispatcherFault) {
        return seeds.parallel()
                .boxed()
                .flatMap(seed -> new Simulation(seed, judge, dispatcherFault)
                        .run().stream().map(what -> "seed %d: %s".formatted(seed, what)))
                .toList();
    }

    private static JobRules.Decision withoutFence(JobRow job, TrainEvent event) {
        boolean running = job.state() instanceof JobState.Running && !(event.fact() instanceof TrainEvent.Claimed);
        return running
                ? RULES.on(job, as(event, ((JobState.Running) job.state()), event.sequence()))
                : RULES.on(job, event);
    }

    private static JobRules.Decision withoutHolds(JobRow job, TrainEvent event) {
        JobRules.Decision decision = RULES.on(job, event);
        return decision instanceof JobRules.Hold ? new JobRules.Advance() : decision;
    }

    private static JobRules.Decision withoutSequence(JobRow job, TrainEvent event) {
        boolean own = job.state() instanceof JobState.Running run && run.token().equals(event.token());
        return own ? RULES.on(job, as(event, (JobState.Running) job.state(), Long.MAX_VALUE)) : RULES.on(job, event);
    }

    private static JobRules.Decision claimingAnything(JobRow job, TrainEvent event) {
        boolean claim = event.fact() instanceof TrainEvent.Claimed;
        return claim ? new JobRules.Claim(new JobState.Running(event.attempt(), event.token())) : RULES.on(job, event);
    }

    private static TrainEvent as(TrainEvent event, JobState.Running run, long sequence) {
        return new TrainEvent(
                event.v(), event.key(), run.attempt(), run.token(), sequence, event.worker(), event.at(), event.fact());
    }
}
