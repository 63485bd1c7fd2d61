package dev.trainyard.search;

/**
 * The interval of real numbers that stands for a numeric parameter, where its values are spread evenly. With steps it
 * extends half a step beyond the limits, so that all values have the same share.
 *
 * <p>StrictMath gives the same bits on every machine, which a replay needs.
 */
record Axis(double low, double high, boolean log) {
    static Axis of(NumericParameter parameter) {
        boolean log = parameter.scale() == Scale.LOG;
        double low = parameter.lowest() - parameter.spacing() / 2;
        double high = parameter.highest() + parameter.spacing() / 2;
        return log ? new Axis(StrictMath.log(low), StrictMath.log(high), true) : new Axis(low, high, false);
    }

    double width() {
        return high - low;
    }

    double toNumber(double point) {
        return log ? StrictMath.exp(point) : point;
    }

    double toPoint(double number) {
        return log ? StrictMath.log(number) : number;
    }
}
