package dev.trainyard.gateway.deadletters;

import dev.trainyard.message.DeadLetterPublisher;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
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
 * @param size of the whole, bytes, also where the letter holds its beginning only
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
        String cutFrom = header(message, DeadLetterPublisher.CUT_FROM);
        String text = text(value, cutFrom != null);
        String source = header(message, DeadLetterPublisher.SOURCE_TOPIC);
        return new DeadLetter(
                message.topic(),
                message.offset(),
                header(message, DeadLetterPublisher.REASON),
                source == null ? message.topic().replace(SUFFIX, "") : source,
                header(message, DeadLetterPublisher.SOURCE_PARTITION),
                header(message, DeadLetterPublisher.SOURCE_OFFSET),
                header(message, DeadLetterPublisher.WORKER),
                message.key() == null ? null : beginning(message.key()),
                text,
                text != null
                        ? null
                        : Base64.getEncoder().encodeToString(Arrays.copyOf(value, Math.min(SHOWN, value.length))),
                size(value, cutFrom),
                Instant.ofEpochMilli(message.timestamp()));
    }

    /** @param cut whether {@code value} may end within a character */
    private static String text(byte[] value, boolean cut) {
        CharBuffer whole = CharBuffer.allocate(value.length);
        if (StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(value), whole, !cut)
                .isError()) {
            return null; // a picture, perhaps
        }
        String text = whole.flip().toString();
        return text.indexOf('\0') >= 0 ? null : text.substring(0, Math.min(SHOWN, text.length()));
    }

    /** Anybody may write a letter, so its header may say anything. */
    private static int size(byte[] value, String cutFrom) {
        return cutFrom != null && cutFrom.matches("[0-9]{1,9}") ? Integer.parseInt(cutFrom) : value.length;
    }

    private static String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null || header.value() == null ? null : beginning(header.value());
    }

    private static String beginning(byte[] text) {
        return new String(text, 0, Math.min(SHOWN, text.length), StandardCharsets.UTF_8);
    }
}
