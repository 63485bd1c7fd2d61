package dev.trainyard.benchmarks.estimates;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/** The estimate of a job and the job after it ended. */
record EvaluatedEstimate(JsonNode estimate, Instant estimatedAt, JsonNode job) {

    boolean succeeded() {
        return job.path("status").asText().equals("success");
    }

    /** Returns true if the estimate had start and end times, which require a known trainer. */
    boolean isTimed() {
        return !estimate.path("start").isNull();
    }

    String basis() {
        return estimate.path("basis").asText();
    }

    boolean holdsSeconds() {
        return holds(estimate.path("seconds"), seconds());
    }

    boolean holdsStart() {
        return holds("start", at("started_at"));
    }

    boolean holdsEnd() {
        return holds("end", at("ended_at"));
    }

    /** Ratio of the upper to the lower bound. */
    double widthOfSeconds() {
        return estimate.path("seconds").path("high").asDouble()
                / estimate.path("seconds").path("low").asDouble();
    }

    /** Width of the interval, relative to the time from the estimate to {@code end}. */
    double widthOf(String what, String end) {
        double width = between(instant(what, "low"), instant(what, "high"));
        return width / between(estimatedAt, at(end));
    }

    /** Relative error of the middle estimate. */
    double errorOfSeconds() {
        return Math.abs(estimate.path("seconds").path("mid").asDouble() / seconds() - 1);
    }

    double seconds() {
        return between(at("started_at"), at("ended_at"));
    }

    private boolean holds(String what, Instant at) {
        return isTimed() && !at.isBefore(instant(what, "low")) && !at.isAfter(instant(what, "high"));
    }

    private static boolean holds(JsonNode interval, double value) {
        return value >= interval.path("low").asDouble()
                && value <= interval.path("high").asDouble();
    }

    private Instant instant(String what, String bound) {
        return Instant.parse(estimate.path(what).path(bound).asText());
    }

    private Instant at(String field) {
        return Instant.parse(job.path(field).asText());
    }

    private static double between(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
