package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A parameter of a search space with the values that it may take. */
public sealed interface Parameter permits NumericParameter, CategoricalParameter {
    /** Returns the values that other parameters must have for this one to be used, by their JSON pointers. */
    Map<String, JsonNode> when();

    /** Returns the number of values; empty if they are not counted. */
    OptionalLong size();

    /** Returns the value at {@code index} below {@link #size()}. */
    JsonNode at(long index);

    /** Returns the value at {@code position} of 0 to 1 on the parameter's scale. */
    JsonNode atPosition(double position);

    /** Returns true if the parameter may take this value. */
    boolean contains(JsonNode value);

    /** Returns the equal value in the form that this parameter returns itself, so that values can be compared. */
    JsonNode canonical(JsonNode value);

    /** Returns the values at the limits: the smallest and the largest number, or all categories. */
    List<JsonNode> extremes();
}
