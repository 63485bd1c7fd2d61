package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobETagTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final JobETag QUEUED = new JobETag(3, NOW, 2, null);

    @Test
    void eachVisibleChangeOfAJobChangesItsETag() {
        assertThat(new JobETag(3, NOW, 2, null).text()).isEqualTo(QUEUED.text()).matches("W/\"[0-9a-z-]+\"");
        assertThat(new JobETag(4, NOW, 2, null).text()).as("an event").isNotEqualTo(QUEUED.text());
        assertThat(new JobETag(3, NOW.plusNanos(1_000), 2, null).text())
                .as("a change")
                .isNotEqualTo(QUEUED.text());
        assertThat(new JobETag(3, NOW, 1, null).text())
                .as("a place in the queue")
                .isNotEqualTo(QUEUED.text());
        assertThat(new JobETag(3, NOW, null, null).text())
                .as("no queue position")
                .isNotEqualTo(QUEUED.text());
        assertThat(new JobETag(3, NOW, 2, "No trainer is running.").text())
                .as("another reason to wait")
                .isNotEqualTo(QUEUED.text());
    }

    @Test
    void ifNoneMatchAcceptsWeakStrongListedAndWildcardTags() {
        String text = QUEUED.text();
        assertThat(QUEUED.matches(text)).isTrue();
        assertThat(QUEUED.matches(text.substring(2))).isTrue();
        assertThat(QUEUED.matches("\"a\",W/\"b\" , " + text)).isTrue();
        assertThat(QUEUED.matches("*")).isTrue();
        assertThat(QUEUED.matches(null)).isFalse();
        assertThat(QUEUED.matches("\"a\", W/\"b\"")).isFalse();
        assertThat(QUEUED.matches("")).isFalse();
    }
}
