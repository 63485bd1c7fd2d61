package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.terminal.Table;
import dev.trainyard.cli.terminal.ValueFormatter;
import java.time.Duration;
import java.time.Instant;

/** Formats the plan that {@code POST /api/v1/train?dry_run=true} returns. */
final class DryRunFormatter {
    private DryRunFormatter() {}

    /** @param now start of the relative times */
    static String of(JsonNode plan, Instant now) {
        JsonNode estimate = plan.path("estimate");
        Table sheet = new Table("Network", network(plan));
        sheet.add(
                "Peak memory",
                text("about %,.0f MiB", plan.at("/memory/peak_bytes").asDouble() / (1 << 20)));
        sheet.add("Queue", queue(estimate));
        JsonNode seconds = estimate.path("seconds");
        sheet.add(
                "Takes",
                interval(
                        span(seconds.path("low").asDouble()),
                        span(seconds.path("mid").asDouble()),
                        span(seconds.path("high").asDouble())));
        boolean known = estimate.path("workers").isNumber();
        sheet.add("Starts", times(estimate.path("start"), known, now));
        sheet.add("Ends", times(estimate.path("end"), known, now));
        sheet.add("Based on", basis(estimate));
        return "%s%n%nConfiguration: %s".formatted(sheet, plan.path("config"));
    }

    private static String network(JsonNode plan) {
        return text(
                "%s: %,d parameters in %d layers, %,d multiply-adds per image",
                ValueFormatter.orNone(plan.at("/config/network")),
                plan.at("/network/parameters").asLong(),
                plan.at("/network/layers").asInt(),
                plan.at("/network/multiply_adds").asLong());
    }

    private static String queue(JsonNode estimate) {
        if (!estimate.path("workers").isNumber()) {
            return text(
                    "position %d, number of trainers unknown",
                    estimate.path("queue_position").asLong());
        }
        int workers = estimate.path("workers").asInt();
        return text(
                "position %d, %d %s",
                estimate.path("queue_position").asLong(), workers, workers == 1 ? "trainer" : "trainers");
    }

    /** @param known true if the gateway knows the number of trainers */
    private static String times(JsonNode times, boolean known, Instant now) {
        if (!times.isObject()) {
            return known ? "unknown: there is no trainer" : "unknown: the trainers cannot be read from Kafka";
        }
        String low = times.path("low").asText();
        String high = times.path("high").asText();
        return interval(in(low, now), in(times.path("mid").asText(), now), in(high, now))
                + " (%s to %s)".formatted(low, high);
    }

    private static String in(String instant, Instant now) {
        Duration until = Duration.between(now, Instant.parse(instant));
        return "in " + span(Math.max(0, until.toMillis() / 1e3));
    }

    private static String interval(String low, String mid, String high) {
        return "%s to %s, most likely %s".formatted(low, high, mid);
    }

    private static String span(double seconds) {
        return seconds < 10
                ? text("%.1f s", seconds)
                : ValueFormatter.duration(Duration.ofSeconds(Math.round(seconds)));
    }

    private static String basis(JsonNode estimate) {
        int jobs = estimate.path("jobs").asInt();
        String found =
                switch (estimate.path("basis").asText()) {
                    case "same_configuration" -> "%d finished %s of this configuration";
                    case "same_network" -> "%d finished %s of this network";
                    case "other_networks" -> "%d finished %s of other networks";
                    case "other_engines" -> "%d finished %s of other engines";
                    default -> "no jobs yet, so this is a first guess";
                };
        return text(found, jobs, jobs == 1 ? "job" : "jobs")
                + text(
                        "; the intervals cover %.0f %% of jobs",
                        100 * estimate.path("confidence").asDouble());
    }
}
