package dev.trainyard.search;

/** Each kernel prefers its own category; all give the others a share of the prior. */
record CategoricalKernels(double[] observed, int categories) implements Kernels {
    @Override
    public double sample(int kernel, RandomSource random) {
        double left = random.nextDouble();
        for (int category = 0; category < categories - 1; category++) {
            left -= probability(kernel, category);
            if (left < 0) {
                return category;
            }
        }
        return categories - 1;
    }

    @Override
    public void multiply(double coordinate, Densities densities) {
        for (int kernel = 0; kernel <= observed.length; kernel++) {
            densities.multiply(kernel, probability(kernel, (int) coordinate));
        }
    }

    private double probability(int kernel, int category) {
        double share = 1.0 / (observed.length + 1);
        if (kernel == observed.length) {
            return 1.0 / categories;
        }
        return (share + (observed[kernel] == category ? 1 : 0)) / (1 + categories * share);
    }
}
