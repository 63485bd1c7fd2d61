package dev.trainyard.gateway.training;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What tells one state of a job from another. It is a weak tag (RFC 9110): between two changes the time that is left
 * goes down, and that alone is no reason to send the job again.
 */
record JobETag(long lastEventId, Instant updatedAt, Integer queuePosition) {

    static JobETag of(JobView job) {
        return new JobETag(job.lastEventId(), job.updatedAt(), job.queuePosition());
    }

    String text() {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt);
        return "W/\"%d-%s-%d\""
                .formatted(lastEventId, Long.toString(micros, 36), queuePosition == null ? 0 : queuePosition);
    }

    /** Of all jobs of a page and where it ends. */
    static String of(JobView.Page page) {
        String tags = page.jobs().stream()
                .map(job -> job.key() + of(job).text())
                .collect(Collectors.joining(" ", "", " " + page.nextCursor()));
        return "W/\"%s\"".formatted(UUID.nameUUIDFromBytes(tags.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param ifNoneMatch the header; null if there is none */
    boolean isKnown(String ifNoneMatch) {
        return isKnown(text(), ifNoneMatch);
    }

    static boolean isKnown(String text, String ifNoneMatch) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals("*") || opaque(tag).equals(opaque(text)));
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
