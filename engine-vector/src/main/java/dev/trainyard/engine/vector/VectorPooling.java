package dev.trainyard.engine.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Pooling of one image on vectors of channels. */
final class VectorPooling {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;

    private VectorPooling() {}

    /** Stores the first {@code count} lanes, or all if there are no more. */
    static void store(FloatVector v, float[] to, int at, int count) {
        if (count >= LANES) {
            v.intoArray(to, at);
        } else {
            for (int i = 0; i < count; i++) {
                to[at + i] = v.lane(i);
            }
        }
    }

    static void forward(
            Kernels.Pool shape,
            float[] x,
            int xAt,
            float[] most,
            int mostAt,
            float[] bias,
            int biasAt,
            Kernels.Target out) {
        int stride = shape.stride();
        int line = shape.width() * stride;
        int to = out.at();
        int pixel = mostAt;
        for (int row = 0; row < shape.outHeight(); row++) {
            for (int column = 0; column < shape.outWidth(); column++) {
                int corner = xAt + row * shape.size() * line + column * shape.size() * stride;
                for (int c = 0; c < shape.channels(); c += LANES) {
                    FloatVector max = largest(shape.size(), x, corner + c, stride, line);
                    max.intoArray(most, pixel + c);
                    FloatVector sum = max.add(FloatVector.fromArray(S, bias, biasAt + c));
                    if (out.relu()) {
                        sum = sum.blend(0f, sum.compare(LT, 0f));
                    }
                    // spare lanes are overwritten by the next pixel
                    sum.intoArray(out.values(), to + c);
                }
                to += shape.channels();
                pixel += stride;
            }
        }
    }

    private static FloatVector largest(int size, float[] x, int corner, int stride, int line) {
        FloatVector max = FloatVector.fromArray(S, x, corner);
        if (size == 2) {
            max = larger(FloatVector.fromArray(S, x, corner + stride), max);
            max = larger(FloatVector.fromArray(S, x, corner + line), max);
            return larger(FloatVector.fromArray(S, x, corner + line + stride), max);
        }
        for (int dy = 0; dy < size; dy++) {
            for (int dx = 0; dx < size; dx++) {
                max = larger(FloatVector.fromArray(S, x, corner + dy * line + dx * stride), max);
            }
        }
        return max;
    }

    private static FloatVector larger(FloatVector value, FloatVector max) {
        return max.blend(value, value.compare(GT, max));
    }

    static void backward(
            Kernels.Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] d, int dAt, float[] dx) {
        int stride = shape.stride();
        int line = shape.width() * stride;
        int from = dAt;
        int pixel = mostAt;
        FloatVector zero = FloatVector.zero(S);
        for (int row = 0; row < shape.outHeight(); row++) {
            for (int column = 0; column < shape.outWidth(); column++) {
                int corner = row * shape.size() * line + column * shape.size() * stride;
                for (int c = 0; c < shape.channels(); c += LANES) {
                    if (shape.size() == 2) {
                        gradientOf2x2(x, xAt + corner + c, stride, line, most, pixel + c, d, from + c, dx, corner + c);
                        continue;
                    }
                    FloatVector left = FloatVector.fromArray(S, d, from + c);
                    FloatVector max = FloatVector.fromArray(S, most, pixel + c);
                    for (int w = 0, at = corner + c; w < shape.size(); w++, at += line) {
                        for (int e = 0; e < shape.size(); e++) {
                            VectorMask<Float> hit = FloatVector.fromArray(S, x, xAt + at + e * stride)
                                    .compare(EQ, max);
                            zero.blend(left, hit).intoArray(dx, at + e * stride);
                            left = left.blend(zero, hit);
                        }
                    }
                }
                from += shape.channels();
                pixel += stride;
            }
        }
    }

    /** A window of 2 × 2. Its own method without loops, since masks that live through a loop are slow. */
    private static void gradientOf2x2(
            float[] x,
            int xAt,
            int right,
            int below,
            float[] most,
            int mostAt,
            float[] d,
            int dAt,
            float[] dx,
            int at) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector max = FloatVector.fromArray(S, most, mostAt);
        FloatVector all = FloatVector.fromArray(S, d, dAt);
        VectorMask<Float> hit = FloatVector.fromArray(S, x, xAt).compare(EQ, max);
        zero.blend(all, hit).intoArray(dx, at);
        FloatVector left = all.blend(zero, hit);
        hit = FloatVector.fromArray(S, x, xAt + right).compare(EQ, max);
        zero.blend(left, hit).intoArray(dx, at + right);
        left = left.blend(zero, hit);
        hit = FloatVector.fromArray(S, x, xAt + below).compare(EQ, max);
        zero.blend(left, hit).intoArray(dx, at + below);
        left = left.blend(zero, hit);
        hit = FloatVector.fromArray(S, x, xAt + below + right).compare(EQ, max);
        zero.blend(left, hit).intoArray(dx, at + below + right);
    }
}
