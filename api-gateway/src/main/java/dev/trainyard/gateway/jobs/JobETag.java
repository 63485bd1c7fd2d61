package dev.trainyard.gateway.jobs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Entity tag of a job. It is weak (RFC 9110), because the remaining time changes continuously and does not justify a
 * new response.
 */
record JobETag(
        long lastEventId,
        Instant updatedAt,
        @Nullable Integer queuePosition,
        @Nullable String waitingReason) {

    static JobETag of(JobView job) {
        return new JobETag(job.lastEventId(), job.updatedAt(), job.queuePosition(), job.waitingReason());
    }

    String text() {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt);
        return "W/\"%d-%s-%d%s\""
                .formatted(
                        lastEventId,
                        Long.toString(micros, 36),
                        queuePosition == null ? 0 : queuePosition,
                        waitingReason == null ? "" : "-" + Integer.toUnsignedString(waitingReason.hashCode(), 36));
    }

    /** Returns the tag of a page, derived from all its jobs and its cursor. */
    static String of(JobView.Page page) {
        String tags = page.jobs().stream()
                .map(job -> job.key() + of(job).text())
                .collect(Collectors.joining(" ", "", " " + page.nextCursor()));
        return "W/\"%s\"".formatted(UUID.nameUUIDFromBytes(tags.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param ifNoneMatch value of the header; null if absent */
    boolean matches(@Nullable String ifNoneMatch) {
        return matches(text(), ifNoneMatch);
    }

    static boolean matches(String text, @Nullable String ifNoneMatch) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals("*") || opaque(tag).equals(opaque(text)));
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
