package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.job.Pools;
import org.junit.jupiter.api.Test;

class TopicsOfPoolsTest {
    @Test
    void eachPoolHasATopicAndAllShareTheDeadLetters() {
        assertThat(Topics.jobs("default")).isEqualTo("train.jobs");
        assertThat(Topics.jobs("gpu")).isEqualTo("train.jobs.gpu");
        assertThat(Topics.deadLetter(Topics.jobs("gpu"))).isEqualTo(Topics.deadLetter("train.jobs"));
        assertThat(Topics.isJobs("train.jobs")).isTrue();
        assertThat(Topics.isJobs("train.jobs.gpu")).isTrue();
        assertThat(Topics.isJobs("train.jobs.dlq")).isFalse();
        assertThat(Topics.isJobs("train.jobsx")).isFalse();
        assertThat(Topics.deadLetter("models")).isEqualTo("models.dlq");
    }

    @Test
    void aPoolsNameIsAWordOfATopicsName() {
        for (String name : new String[] {"a", "default", "gpu", "gpu-a100", "x1", "a".repeat(32), "dlq2", "a-dlq"}) {
            assertThat(Pools.isName(name)).as(name).isTrue();
        }
        for (String name : new String[] {
            "", "GPU", "1a", "-a", "a-", "a_b", "a.b", "a b", "dlq", "ü", "a".repeat(33), "gpu\n", "a/b"
        }) {
            assertThat(Pools.isName(name)).as(name).isFalse();
        }
    }
}
