package dev.trainyard.benchmarks.engine;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.engine.vector.MatrixShape;
import dev.trainyard.engine.vector.Pass;
import dev.trainyard.engine.vector.Peak;
import dev.trainyard.engine.vector.StepBenchmark;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Speed of each kernel of the vector engine as a share of the core's peak, measured by JMH in the same run. */
public final class KernelsBenchmark {
    /** Of the times of all calls; preempted calls are above it, so that other programs matter less. */
    private static final double PERCENTILE = 10;

    private static final String PACKAGE = "dev\\.trainyard\\.engine\\.vector\\.";

    private KernelsBenchmark() {}

    public static void run() throws RunnerException {
        double atPeak = nanoseconds(measure("PeakBenchmark").iterator().next());
        double peak = Peak.operations() / atPeak;
        System.out.println("| kernel, batch of 32 | µs | GFLOP/s | share of the peak |");
        System.out.println("|---|---|---|---|");
        row("peak: fused multiply-adds on registers, 256 bits", atPeak, Peak.operations(), peak);
        for (RunResult result : measure("MatrixBenchmark")) {
            MatrixShape shape = MatrixShape.valueOf(result.getParams().getParam("shape"));
            row(shape.title(), nanoseconds(result), shape.operations(), peak);
        }
        for (RunResult result : measure("PassBenchmark")) {
            Pass pass = Pass.valueOf(result.getParams().getParam("pass"));
            row(pass.title(), nanoseconds(result), pass.operations(), peak);
        }
        for (RunResult result : measure("StepBenchmark")) {
            String network = result.getParams().getParam("network");
            double time = nanoseconds(result);
            String title = Table.format(
                    "whole step of %s with Adam, %,.0f samples/s", network, StepBenchmark.IMAGES * 1e9 / time);
            row(title, time, StepBenchmark.operations(network), peak);
        }
    }

    private static Collection<RunResult> measure(String benchmark) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(PACKAGE + benchmark)
                .forks(1)
                // compiles before it goes on, so that a short warm-up is enough on a busy machine too
                .jvmArgs("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-Xmx768m", "-Xbatch")
                .verbosity(VerboseMode.SILENT)
                .build();
        return new Runner(options).run();
    }

    private static double nanoseconds(RunResult result) {
        return result.getPrimaryResult().getStatistics().getPercentile(PERCENTILE);
    }

    private static void row(String title, double nanoseconds, double operations, double peak) {
        List<String> speed = operations == 0
                ? List.of("–", "–")
                : List.of(
                        Table.format("%.1f", operations / nanoseconds),
                        Table.format("%.0f %%", 100 * operations / nanoseconds / peak));
        System.out.printf(
                "| %s | %s | %s | %s |%n",
                title, Table.format("%,.1f", nanoseconds / 1000), speed.get(0), speed.get(1));
    }
}
