package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A parameter that is a number. */
public sealed interface NumericParameter extends Parameter permits FloatParameter, IntParameter {
    Scale scale();

    /** Returns the smallest value. */
    double lowest();

    /** Returns the largest value, which is below the given maximum if the steps do not meet it. */
    double highest();

    /** Returns the distance of neighbouring values; 0 if any number in the range is allowed. */
    double spacing();

    /** Returns the allowed value nearest to {@code number}. */
    JsonNode nearest(double number);

    @Override
    default List<JsonNode> extremes() {
        return List.of(nearest(lowest()), nearest(highest()));
    }

    @Override
    default JsonNode atPosition(double position) {
        return nearest(axis().toNumber(axis().low() + position * axis().width()));
    }

    /** Returns the axis on which the values are spread evenly. */
    default Axis axis() {
        return Axis.of(this);
    }
}
