package dev.trainyard.engine.vector;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time of one {@link MatrixShape} for a batch. In the engine's package, since its kernels are not public. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class MatrixBenchmark {
    private static final Kernels.Windows CONV1 = new Kernels.Windows(32, 32, 1, 5);

    @Param
    public MatrixShape shape = MatrixShape.CONV1_FORWARD;

    private final Kernels kernels = new VectorKernels();
    private float[] a = {};
    private float[] b = {};
    private float[] c = {};

    @Setup
    public void fill() {
        a = new float[shape.products * shape.m * shape.k + Kernels.LANES];
        b = new float[shape.k * shape.n + Kernels.LANES];
        c = new float[shape.m * shape.n + Kernels.LANES];
        Arrays.fill(a, 0.5f);
        Arrays.fill(b, 0x1p-10f);
    }

    @Benchmark
    public float multiply() {
        for (int image = 0; image < shape.products; image++) {
            multiply(image);
        }
        return c[0];
    }

    private void multiply(int image) {
        int at = image * shape.m * shape.k;
        Kernels.Operand right = Kernels.Operand.rows(b, 0, shape.n);
        Kernels.Operand result = Kernels.Operand.rows(c, 0, shape.n);
        int pixels = CONV1.height() * CONV1.width();
        switch (shape.kind) {
            case CONVOLVE -> kernels.convolve(CONV1, a, image * pixels, right, result);
            case CONVOLVE_WEIGHTS -> kernels.addConvolutionGradient(CONV1, a, image * pixels, right, result);
            case WEIGHTS ->
                kernels.multiply(
                        Kernels.Operand.columns(a, at, shape.m), right, result, shape.m, shape.n, shape.k, true);
            case FORWARD, INPUT ->
                kernels.multiply(Kernels.Operand.rows(a, at, shape.k), right, result, shape.m, shape.n, shape.k, false);
        }
    }
}
