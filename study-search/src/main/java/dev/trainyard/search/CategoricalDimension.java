package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;

/** A categorical parameter as the index of its value. */
record CategoricalDimension(CategoricalParameter parameter) implements Dimension {
    @Override
    public double coordinate(JsonNode value) {
        return parameter.indexOf(value);
    }

    @Override
    public JsonNode value(double coordinate) {
        return parameter.at((long) coordinate);
    }

    @Override
    public Kernels kernels(double[] observed) {
        return new CategoricalKernels(observed, parameter.values().size());
    }
}
