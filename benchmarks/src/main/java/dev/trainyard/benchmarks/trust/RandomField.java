package dev.trainyard.benchmarks.trust;

import java.util.Random;

/** Random fields of {@code side * side} values without units, row-major. */
final class RandomField {
    private RandomField() {}

    /** White noise blurred by a Gaussian of {@code reach} pixels, wrapped at the edges. */
    static double[] noise(int side, double reach, Random random) {
        double[] field = new double[side * side];
        for (int i = 0; i < field.length; i++) {
            field[i] = random.nextGaussian();
        }
        int radius = (int) Math.ceil(3 * reach);
        double[] bell = new double[2 * radius + 1];
        for (int i = -radius; i <= radius; i++) {
            bell[i + radius] = Math.exp(-i * i / (2 * reach * reach));
        }
        return blurred(blurred(field, side, bell, side, 1), side, bell, 1, side);
    }

    private static double[] blurred(double[] field, int side, double[] bell, int lineStep, int step) {
        double[] result = new double[field.length];
        int radius = bell.length / 2;
        for (int line = 0; line < side; line++) {
            for (int at = 0; at < side; at++) {
                double sum = 0;
                for (int k = -radius; k <= radius; k++) {
                    sum += bell[k + radius] * field[line * lineStep + Math.floorMod(at + k, side) * step];
                }
                result[line * lineStep + at * step] = sum;
            }
        }
        return result;
    }

    /** One of several kinds: clouds of many scales, bent waves, rings, or cells around random points. */
    static double[] texture(int side, Random random) {
        double[] clouds = noise(side, 0.17 * side, random);
        double[] fine = noise(side, 0.04 * side, random);
        double scale = spread(clouds);
        double fineScale = spread(fine);
        double wave = (7 + 42 * random.nextDouble()) / side;
        double bend = 2 + 6 * random.nextDouble();
        double[] xs = random.doubles(12, 0, side).toArray();
        double[] ys = random.doubles(12, 0, side).toArray();
        int kind = random.nextInt(4);
        double[] field = new double[side * side];
        for (int i = 0; i < field.length; i++) {
            double x = i % side;
            double y = i / side;
            double cloud = clouds[i] / scale;
            field[i] = switch (kind) {
                case 0 -> cloud + 0.5 * fine[i] / fineScale;
                case 1 -> Math.sin(wave * x + bend * cloud) + 0.2 * fine[i] / fineScale;
                case 2 -> Math.sin(wave * Math.hypot(x - xs[0], y - ys[0]) + cloud);
                default -> nearest(x, y, xs, ys);
            };
        }
        return field;
    }

    private static double nearest(double x, double y, double[] xs, double[] ys) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < xs.length; i++) {
            least = Math.min(least, Math.hypot(x - xs[i], y - ys[i]));
        }
        return least;
    }

    private static double spread(double[] field) {
        double squares = 0;
        for (double value : field) {
            squares += value * value;
        }
        return Math.sqrt(squares / field.length);
    }
}
