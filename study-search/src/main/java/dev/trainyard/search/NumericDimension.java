package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;

/** A number as its position on its axis, from 0 to 1. */
record NumericDimension(NumericParameter parameter, Axis axis) implements Dimension {
    NumericDimension(NumericParameter parameter) {
        this(parameter, parameter.axis());
    }

    @Override
    public double coordinate(JsonNode value) {
        return position(value.doubleValue());
    }

    @Override
    public JsonNode value(double coordinate) {
        return parameter.nearest(axis.toNumber(axis.low() + coordinate * axis.width()));
    }

    @Override
    public Kernels kernels(double[] observed) {
        return NumericKernels.around(observed, this);
    }

    boolean isDiscrete() {
        return parameter.spacing() > 0;
    }

    /** Returns where the part of the axis begins that is nearest to this value. */
    double lowerEdge(double coordinate) {
        return position(value(coordinate).doubleValue() - parameter.spacing() / 2);
    }

    /** Returns where the part of the axis ends that is nearest to this value. */
    double upperEdge(double coordinate) {
        return position(value(coordinate).doubleValue() + parameter.spacing() / 2);
    }

    private double position(double number) {
        return (axis.toPoint(number) - axis.low()) / axis.width();
    }
}
