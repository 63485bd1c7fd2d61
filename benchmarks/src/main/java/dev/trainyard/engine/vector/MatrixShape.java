package dev.trainyard.engine.vector;

/** The matrix products of lenet5 and mlp 3×128 on a batch of 32 images; convolutions take one product per image. */
public enum MatrixShape {
    CONV1_FORWARD("conv1 forward, image in place", 784, 8, 25, 6 * 25 * 784, true, Kind.CONVOLVE),
    CONV1_WEIGHTS("conv1 weight gradient, image in place", 25, 8, 784, 6 * 25 * 784, true, Kind.CONVOLVE_WEIGHTS),
    CONV2_FORWARD("conv2 forward", 100, 16, 150, 16 * 150 * 100, true, Kind.FORWARD),
    CONV2_WEIGHTS("conv2 weight gradient", 150, 16, 100, 16 * 150 * 100, true, Kind.WEIGHTS),
    CONV2_INPUT("conv2 input gradient", 100, 152, 16, 16 * 150 * 100, true, Kind.INPUT),
    DENSE120_FORWARD("dense 400→120 forward", 32, 120, 400, 32 * 120 * 400, false, Kind.FORWARD),
    DENSE120_WEIGHTS("dense 400→120 weight gradient", 400, 120, 32, 32 * 120 * 400, false, Kind.WEIGHTS),
    DENSE120_INPUT("dense 400→120 input gradient", 32, 400, 120, 32 * 120 * 400, false, Kind.INPUT),
    DENSE84_FORWARD("dense 120→84 forward", 32, 88, 120, 32 * 84 * 120, false, Kind.FORWARD),
    DENSE84_WEIGHTS("dense 120→84 weight gradient", 120, 88, 32, 32 * 84 * 120, false, Kind.WEIGHTS),
    DENSE84_INPUT("dense 120→84 input gradient", 32, 120, 84, 32 * 84 * 120, false, Kind.INPUT),
    MLP784_FORWARD("mlp 784→128 forward", 32, 128, 784, 32 * 128 * 784, false, Kind.FORWARD),
    MLP784_WEIGHTS("mlp 784→128 weight gradient", 784, 128, 32, 32 * 128 * 784, false, Kind.WEIGHTS),
    MLP128_FORWARD("mlp 128→128 forward", 32, 128, 128, 32 * 128 * 128, false, Kind.FORWARD),
    MLP128_WEIGHTS("mlp 128→128 weight gradient", 128, 128, 32, 32 * 128 * 128, false, Kind.WEIGHTS),
    MLP128_INPUT("mlp 128→128 input gradient", 32, 128, 128, 32 * 128 * 128, false, Kind.INPUT);

    /** What a product computes. */
    enum Kind {
        FORWARD,
        /** The left matrix is read by its columns, and the product is added. */
        WEIGHTS,
        INPUT,
        CONVOLVE,
        CONVOLVE_WEIGHTS
    }

    private final String title;
    final int m;
    /** Padded to whole vectors. */
    final int n;

    final int k;
    final int products;
    final Kind kind;
    private final int multiplyAdds;

    MatrixShape(String title, int m, int n, int k, int multiplyAdds, boolean perImage, Kind kind) {
        this.title = title;
        this.m = m;
        this.n = n;
        this.k = k;
        this.products = perImage ? Layer.MOST_SAMPLES : 1;
        this.kind = kind;
        this.multiplyAdds = multiplyAdds;
    }

    public String title() {
        return title;
    }

    /** Floating-point operations of a batch, without those on padding. */
    public double operations() {
        return 2.0 * multiplyAdds * products;
    }
}
