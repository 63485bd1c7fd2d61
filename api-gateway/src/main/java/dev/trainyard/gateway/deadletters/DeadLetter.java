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
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be processed.
 *
 * @param topic dead-letter topic
 * @param offset offset in {@code topic}
 * @param sourceTopic original topic
 * @param sourcePartition null for the record of a job that the gateway gave up
 * @param sourceOffset null if {@code sourcePartition} is
 * @param key as text
 * @param text beginning of the value if it is text, else null
 * @param base64 beginning of the value if it is binary, else null
 * @param size bytes of the original value, which may be longer than the stored one
 */
public record DeadLetter(
        String topic,
        long offset,
        @Nullable String reason,
        String sourceTopic,
        @Nullable String sourcePartition,
        @Nullable String sourceOffset,
        @Nullable String worker,
        @Nullable String key,
        @Nullable String text,
        @Nullable String base64,
        int size,
        Instant at) {
    /** Characters of text, or bytes of binary data. */
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

    /** @param cut true if {@code value} may end within a character */
    private static @Nullable String text(byte[] value, boolean cut) {
        CharBuffer whole = CharBuffer.allocate(value.length);
        if (StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(value), whole, !cut)
                .isError()) {
            return null; // binary, such as an image
        }
        String text = whole.flip().toString();
        return text.indexOf('\0') >= 0 ? null : text.substring(0, Math.min(SHOWN, text.length()));
    }

    /** Headers are untrusted, because any client of the broker may write to the topic. */
    private static int size(byte[] value, @Nullable String cutFrom) {
        return cutFrom != null && cutFrom.matches("[0-9]{1,9}") ? Integer.parseInt(cutFrom) : value.length;
    }

    private static @Nullable String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null || header.value() == null ? null : beginning(header.value());
    }

    private static String beginning(byte[] text) {
        return new String(text, 0, Math.min(SHOWN, text.length), StandardCharsets.UTF_8);
    }
}
