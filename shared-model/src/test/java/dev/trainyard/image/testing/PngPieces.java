package dev.trainyard.image.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/** Takes PNGs apart and puts them together, whatever state they are in. */
final class PngPieces {
    private PngPieces() {}

    /** Signature first, then each chunk as far as lengths can be followed, then the rest. */
    static List<byte[]> split(byte[] png) {
        List<byte[]> pieces = new ArrayList<>();
        int position = Math.min(8, png.length);
        pieces.add(Arrays.copyOf(png, position));
        while (position < png.length) {
            int end = chunkEnd(png, position);
            pieces.add(Arrays.copyOfRange(png, position, end));
            position = end;
        }
        return pieces;
    }

    private static int chunkEnd(byte[] png, int position) {
        if (png.length - position < 12) {
            return png.length;
        }
        int length = ByteBuffer.wrap(png).getInt(position);
        return length < 0 || length > png.length - position - 12 ? png.length : position + 12 + length;
    }

    static byte[] join(List<byte[]> pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pieces.forEach(out::writeBytes);
        return out.toByteArray();
    }

    static byte[] withRightCrcs(byte[] png) {
        List<byte[]> pieces = split(png);
        for (byte[] piece : pieces.subList(1, pieces.size())) {
            if (piece.length >= 12 && ByteBuffer.wrap(piece).getInt() == piece.length - 12) {
                CRC32 crc = new CRC32();
                crc.update(piece, 4, piece.length - 8);
                ByteBuffer.wrap(piece).putInt(piece.length - 4, (int) crc.getValue());
            }
        }
        return join(pieces);
    }

    static boolean isNamed(byte[] piece, String name) {
        return piece.length >= 12 && new String(piece, 4, 4, java.nio.charset.StandardCharsets.ISO_8859_1).equals(name);
    }
}
