package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;

/** A parameter as a coordinate of the samplers. */
sealed interface Dimension permits NumericDimension, CategoricalDimension {
    static Dimension of(Parameter parameter) {
        return parameter instanceof NumericParameter numeric
                ? new NumericDimension(numeric)
                : new CategoricalDimension((CategoricalParameter) parameter);
    }

    Parameter parameter();

    double coordinate(JsonNode value);

    JsonNode value(double coordinate);

    /** Returns a kernel around each of {@code observed}, in their order, and the prior as the last one. */
    Kernels kernels(double[] observed);
}
