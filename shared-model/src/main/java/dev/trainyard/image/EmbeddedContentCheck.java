package dev.trainyard.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Checks the ancillary content of a PNG. It is not used, so it must not contain a file of another kind, which another
 * program might run or unpack, nor data that inflates without bound.
 */
final class EmbeddedContentCheck {
    /** Limit for all compressed texts and profiles together, in bytes. */
    static final int MAX_INFLATED = 1024 * 1024;

    private static final List<String> COMPRESSED = List.of("zTXt", "iTXt", "iCCP");
    private static final List<String> IMAGE = List.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

    /** First characters of other file formats, web pages and scripts, in lower case. */
    private static final List<String> BEGINNINGS = List.of(
            "pk\3\4",
            "pk\5\6",
            "%pdf-",
            "<html",
            "<!doctype",
            "<script",
            "<svg",
            "<?php",
            "rar!\u001a\7",
            "7z\u00bc\u00af",
            "\177elf");

    private EmbeddedContentCheck() {}

    /** Upper bound for the inflated size of compressed chunks in {@code png}, which may contain arbitrary bytes. */
    static long work(byte[] png) {
        ByteBuffer in = ByteBuffer.wrap(png);
        long length;
        for (long position = 8;
                position + PngFile.CHUNK_FRAME <= png.length;
                position += PngFile.CHUNK_FRAME + length) {
            length = in.getInt((int) position) & 0xffffffffL;
            if (COMPRESSED.contains(name(png, (int) position))) {
                return MAX_INFLATED;
            }
        }
        return 0;
    }

    private static String name(byte[] png, int position) {
        return new String(png, position + 4, 4, StandardCharsets.US_ASCII);
    }

    /** @throws PngException if a chunk contains another kind of file, or compressed chunks inflate to too much */
    static void refuse(PngFile png) throws PngException {
        if (!png.chunks().hasAncillary()) {
            return;
        }
        byte[] bytes = png.bytes();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int left = MAX_INFLATED;
        int length;
        for (int position = 8; position < bytes.length; position += PngFile.CHUNK_FRAME + length) {
            length = in.getInt(position);
            String name = name(bytes, position);
            if (length > 0 && !IMAGE.contains(name)) {
                search(name, new String(bytes, position + 8, length, StandardCharsets.ISO_8859_1));
                if (COMPRESSED.contains(name)) {
                    left -= inflate(name, bytes, position + 8, length, left);
                }
            }
        }
    }

    private static void search(String name, String content) throws PngException {
        String lower = content.toLowerCase(Locale.ROOT);
        for (String beginning : BEGINNINGS) {
            if (lower.contains(beginning)) {
                throw new PngException("The PNG contains another file or script in its chunk %s; send the image alone."
                        .formatted(name));
            }
        }
    }

    /** Counts the inflated bytes of a compressed chunk without keeping them. */
    private static int inflate(String name, byte[] bytes, int from, int length, int most) throws PngException {
        int end = from + length;
        int start = compressedPart(name, bytes, from, end);
        if (start >= end) {
            return 0;
        }
        Inflater inflater = new Inflater();
        int total = 0;
        try {
            inflater.setInput(bytes, start, end - start);
            byte[] dropped = new byte[8192];
            int count;
            while ((count = inflater.inflate(dropped)) > 0) {
                total += count;
                if (total > most) {
                    throw new PngException("The PNG's texts inflate to over %d bytes (chunk %s); save it without them."
                            .formatted(MAX_INFLATED, name));
                }
            }
            return total;
        } catch (DataFormatException e) {
            return total; // damage is irrelevant because the content is not used
        } finally {
            inflater.end();
        }
    }

    /**
     * Offset after the keyword, the method and, in iTXt, the language and the translated keyword; {@code end} without
     * compressed data.
     */
    private static int compressedPart(String name, byte[] bytes, int from, int end) {
        int at = afterZero(bytes, from, end);
        if (!name.equals("iTXt")) {
            return Math.min(end, at + 1);
        }
        if (at >= end || bytes[at] != 1) {
            return end;
        }
        return afterZero(bytes, afterZero(bytes, Math.min(end, at + 2), end), end);
    }

    private static int afterZero(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != 0) {
            at++;
        }
        return Math.min(end, at + 1);
    }
}
