package dev.trainyard.gateway.studies;

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
                    .append(' ')
                    .append(each.trial().values())
                    .append(' ')
                    .append(each.trial().curve())
                    .append(' ')
                    .append(each.trial().value())
                    .append('\n');
        }
        return FileArtifactStore.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
