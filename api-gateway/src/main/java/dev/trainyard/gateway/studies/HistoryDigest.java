package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.artifact.FileArtifactStore;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Fingerprint of the trials that a decision saw. */
final class HistoryDigest {
    private HistoryDigest() {}

    /** Returns the SHA-256 of what the rules use of {@code trials}. */
    static String of(List<StudyTrial> trials) {
        StringBuilder text = new StringBuilder();
        for (StudyTrial each : trials) {
            text.append(each.number())
                    .append(' ')
                    .append(each.trial().state())
                    .append(' ')
                    .append(each.hold())
                    .append(' ')
                    .append(each.source())
                    .append(' ');
            each.trial().values().forEach((name, value) -> append(text, name, value));
            each.trial()
                    .curve()
                    .forEach((epoch, value) ->
                            text.append(epoch).append('=').append(bits(value)).append(' '));
            Double value = each.trial().value();
            text.append(value == null ? "" : bits(value)).append('\n');
        }
        return FileArtifactStore.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder text, String name, JsonNode value) {
        text.append(name)
                .append('=')
                .append(value.isTextual() ? '"' : ' ')
                .append(value.isDouble() ? bits(value.doubleValue()) : value.asText())
                .append(' ');
    }

    /** Writing the digits of a number would take most of a decision over many trials. */
    private static String bits(double value) {
        return Long.toHexString(Double.doubleToLongBits(value));
    }
}
