package dev.trainyard.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/** Decodes client text, which must be UTF-8, with or without a byte order mark. */
public final class Utf8 {
    private static final int CHUNK = 4096;

    private Utf8() {}

    /** @throws ProblemException 400 if it is not UTF-8 */
    public static String decode(byte[] bytes, int from, int length) {
        int mark = mark(bytes, from, length);
        ByteBuffer in = ByteBuffer.wrap(bytes, from + mark, length - mark);
        try {
            return UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw malformed(in.position() - from);
        }
    }

    /**
     * Checks text that is later read from its bytes.
     *
     * @throws ProblemException 400 if it is not UTF-8
     */
    public static void check(byte[] bytes, int from, int length) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, length);
        CharBuffer out = CharBuffer.allocate(Math.min(CHUNK, length + 1));
        CharsetDecoder decoder = UTF_8.newDecoder();
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw malformed(in.position() - from);
        }
    }

    /** Length of the byte order mark; 0 if there is none. */
    public static int mark(byte[] bytes, int from, int length) {
        boolean marked = length >= 3
                && bytes[from] == (byte) 0xef
                && bytes[from + 1] == (byte) 0xbb
                && bytes[from + 2] == (byte) 0xbf;
        return marked ? 3 : 0;
    }

    private static ProblemException malformed(int position) {
        return new ProblemException(
                ProblemType.MALFORMED_REQUEST,
                "The text is not UTF-8: see the byte at position %d.".formatted(position));
    }
}
