package dev.trainyard.gateway.predictions.batch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the files of a ZIP archive in the order of its central directory (APPNOTE 6.3, without ZIP64). The directory is
 * checked before anything is inflated. Each entry is inflated separately, so that a damaged one does not affect others.
 */
final class ZipImageReader {
    /** Largest number of files and folders. */
    static final int MAX_ENTRIES = 1024;
    /** Largest total uncompressed size of the images in bytes. */
    static final long MAX_BYTES = 40L * 1024 * 1024;

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int MAX_COMMENT_LENGTH = 0xffff;
    private static final int ENTRY_SIGNATURE = 0x02014b50;
    private static final int ENTRY_SIZE = 46;
    private static final int UTF8_FLAG = 1 << 11;
    /** Metadata files that file managers add to archives. */
    private static final Pattern CLUTTER =
            Pattern.compile("(?:.*/)?(?:__MACOSX/.*|\\._[^/]*|\\.DS_Store|Thumbs\\.db|desktop\\.ini)");

    private final ByteBuffer zip;
    private final List<ImageBatch.Item> items = new ArrayList<>();
    private long bytes;
    private int skipped;

    private ZipImageReader(byte[] body) {
        this.zip = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ImageBatch read(byte[] body) {
        return new ZipImageReader(body).parse();
    }

    private ImageBatch parse() {
        int end = end();
        int count = zip.getShort(end + 10) & 0xffff;
        long size = zip.getInt(end + 12) & 0xffff_ffffL;
        long offset = zip.getInt(end + 16) & 0xffff_ffffL;
        if (count == 0xffff || size == 0xffff_ffffL || offset == 0xffff_ffffL || zip.getShort(end + 4) != 0) {
            throw ImageBatch.unreadable("is a ZIP64 or split archive; send a plain ZIP");
        }
        if (count > MAX_ENTRIES) {
            throw ImageBatch.tooMany("entries", MAX_ENTRIES);
        }
        long start = end - size;
        if (start < offset) {
            throw damaged();
        }
        // data before the archive, as in self-extracting ones, shifts all offsets
        int base = (int) (start - offset);
        int at = (int) start;
        for (int i = 0; i < count; i++) {
            at = entry(at, end, base);
        }
        return new ImageBatch(items, bytes, skipped);
    }

    /** Finds the end record, which is followed only by a comment. */
    private int end() {
        int last = zip.capacity() - END_SIZE;
        for (int at = last; at >= Math.max(0, last - MAX_COMMENT_LENGTH); at--) {
            if (zip.getInt(at) == END_SIGNATURE && (zip.getShort(at + 20) & 0xffff) == last - at) {
                return at;
            }
        }
        throw ImageBatch.unreadable("is not a ZIP archive or is cut off: its end record is missing");
    }

    private int entry(int at, int end, int base) {
        if (at + ENTRY_SIZE > end || zip.getInt(at) != ENTRY_SIGNATURE) {
            throw damaged();
        }
        int nameLength = zip.getShort(at + 28) & 0xffff;
        int next = at + ENTRY_SIZE + nameLength + (zip.getShort(at + 30) & 0xffff) + (zip.getShort(at + 32) & 0xffff);
        if (next > end) {
            throw damaged();
        }
        int flags = zip.getShort(at + 8) & 0xffff;
        String name = name(at + ENTRY_SIZE, nameLength, flags);
        if (name.endsWith("/") || CLUTTER.matcher(name).matches()) {
            skipped++;
            return next;
        }
        if (items.size() == ImageBatch.MAX_IMAGES) {
            throw ImageBatch.tooMany("images", ImageBatch.MAX_IMAGES);
        }
        ZipImage item = new ZipImage(
                zip,
                MultipartImageReader.cleanName(name),
                flags,
                zip.getShort(at + 10) & 0xffff,
                zip.getInt(at + 16),
                zip.getInt(at + 20) & 0xffff_ffffL,
                zip.getInt(at + 24) & 0xffff_ffffL,
                base + (zip.getInt(at + 42) & 0xffff_ffffL));
        if (item.isWorthInflating()) {
            bytes += item.size();
        }
        if (bytes > MAX_BYTES) {
            throw ImageBatch.tooMany("bytes when it is inflated", (int) MAX_BYTES);
        }
        items.add(item);
        return next;
    }

    private String name(int at, int length, int flags) {
        ByteBuffer name = zip.slice(at, length);
        try {
            return UTF_8.newDecoder().decode(name).toString();
        } catch (CharacterCodingException e) {
            name.rewind();
            return ((flags & UTF8_FLAG) == 0 ? ISO_8859_1 : UTF_8).decode(name).toString();
        }
    }

    private static RuntimeException damaged() {
        return ImageBatch.unreadable("is a damaged ZIP archive: its directory does not match its end record");
    }
}
