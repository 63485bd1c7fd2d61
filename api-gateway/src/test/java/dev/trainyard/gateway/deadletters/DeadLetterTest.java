package dev.trainyard.gateway.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.DeadLetterPublisher;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final byte[] TEXT = "é".repeat(3_000).getBytes(StandardCharsets.UTF_8);

    @Test
    void aTruncatedDeadLetterReportsItsOriginalSize() {
        // truncated within a character, because the limit is in bytes
        DeadLetter letter = letter(Arrays.copyOf(TEXT, 2_001), "9000000");
        assertThat(letter.size()).isEqualTo(9_000_000);
        assertThat(letter.text()).isEqualTo("é".repeat(1_000));
        assertThat(letter.base64()).isNull();
    }

    @Test
    void aCompleteDeadLetterReportsItsSize() {
        DeadLetter letter = letter(TEXT, null);
        assertThat(letter.size()).isEqualTo(6_000);
        assertThat(letter.text()).isEqualTo("é".repeat(1_000));
    }

    @Test
    void aCompleteDeadLetterThatEndsWithinACharacterIsBinary() {
        DeadLetter letter = letter(Arrays.copyOf(TEXT, 2_001), null);
        assertThat(letter.text()).isNull();
        assertThat(letter.base64()).isNotNull();
    }

    @Test
    void anInvalidOriginalSizeIsIgnored() {
        assertThat(letter(TEXT, "-1").size()).isEqualTo(6_000);
        assertThat(letter(TEXT, "99999999999999").size()).isEqualTo(6_000);
    }

    private static DeadLetter letter(byte[] value, String cutFrom) {
        ConsumerRecord<byte[], byte[]> message = new ConsumerRecord<>("train.jobs.dlq", 0, 7, null, value);
        if (cutFrom != null) {
            message.headers().add(DeadLetterPublisher.CUT_FROM, cutFrom.getBytes(StandardCharsets.UTF_8));
        }
        return DeadLetter.of(message);
    }
}
