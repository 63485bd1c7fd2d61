package dev.trainyard.gateway.deadletters;

import dev.trainyard.message.DeadLetters;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record that could not be processed.
 *
 * @param topic of the letter; with its offset the letter's address
 * @param sourceTopic where the record was first; with partition and offset its address, which a job that is given up
 *     does not have
 * @param key as text
 * @param text its beginning where the whole is text, else null
 * @param base64 its beginning where the whole is no text, else null
 * @param size of the whole, bytes
 */
public record DeadLetter(
        String topic,
        long offset,
        String reason,
        String sourceTopic,
        String sourcePartition,
        String sourceOffset,
        String worker,
        String key,
        String text,
        String base64,
        int size,
        Instant at) {
    /** Characters, or bytes of what is no text. */
    private static final int SHOWN = 1_000;

    private static final String SUFFIX = ".dlq";

    static DeadLetter of(ConsumerRecord<byte[], byte[]> message) {
        byte[] value = message.value() == null ? new byte[0] : message.value();
        String text = text(value);
        String source = header(message, DeadLetters.SOURCE_TOPIC);
        return new DeadLetter(
                message.topic(),
                message.offset(),
                header(message, DeadLetters.REASON),
                source == null ? message.topic().replace(SUFFIX, "") : source,
                header(message, DeadLetters.SOURCE_PARTITION),
                header(message, DeadLetters.SOURCE_OFFSET),
                header(message, DeadLetters.WORKER),
                message.key() == null ? null : beginning(message.key()),
                text,
                text != null
                        ? null
                        : Base64.getEncoder().encodeToString(Arrays.copyOf(value, Math.min(SHOWN, value.length))),
                value.length,
                Instant.ofEpochMilli(message.timestamp()));
    }

    private static String text(byte[] value) {
        try {
            String whole = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            return whole.indexOf('\0') >= 0 ? null : whole.substring(0, Math.min(SHOWN, whole.length()));
        } catch (CharacterCodingException e) {
            return null; // a picture, perhaps
        }
    }

    private static String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null || header.value() == null ? null : beginning(header.value());
    }

    private static String beginning(byte[] text) {
        return new String(text, 0, Math.min(SHOWN, text.length), StandardCharsets.UTF_8);
    }
}
