package dev.trainyard.benchmarks.studies;

/** Functions with known minima, on the unit cube. */
enum TestFunction {
    BRANIN("Branin", 2, 0.39788735772973816) {
        @Override
        double at(double[] point) {
            double x = 15 * point[0] - 5;
            double y = 15 * point[1];
            double root = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
            return root * root + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
        }
    },
    HARTMANN6("Hartmann6", 6, -3.322368011415515) {
        @Override
        double at(double[] point) {
            double sum = 0;
            for (int i = 0; i < HARTMANN_WEIGHTS.length; i++) {
                double distance = 0;
                for (int d = 0; d < point.length; d++) {
                    double difference = point[d] - HARTMANN_CENTERS[i][d];
                    distance += HARTMANN_SCALES[i][d] * difference * difference;
                }
                sum -= HARTMANN_WEIGHTS[i] * Math.exp(-distance);
            }
            return sum;
        }
    };

    private static final double[] HARTMANN_WEIGHTS = {1, 1.2, 3, 3.2};
    private static final double[][] HARTMANN_SCALES = {
        {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}
    };
    private static final double[][] HARTMANN_CENTERS = {
        {0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
        {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
        {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
        {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}
    };

    final String title;
    final int dimensions;
    private final double minimum;

    TestFunction(String title, int dimensions, double minimum) {
        this.title = title;
        this.dimensions = dimensions;
        this.minimum = minimum;
    }

    abstract double at(double[] point);

    /** Returns how far {@code value} is from the minimum. */
    double regret(double value) {
        return value - minimum;
    }
}
