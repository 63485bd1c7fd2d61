package dev.trainyard.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Recognizes formats other than PNG by their first bytes, so that the error can name the format and the conversion.
 */
final class ImageFormatDetector {
    private static final int TEXT_SAMPLE = 256;
    private static final byte[] PNG_START = {(byte) 0x89, 'P', 'N', 'G'};
    /** First characters of PNG, JPEG, GIF, WebP and BMP in base64. */
    private static final List<String> BASE64_STARTS = List.of("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk");

    private static final List<Magic> MAGICS = List.of(
            new Magic("a JPEG file", 0, "\u00ff\u00d8\u00ff"),
            new Magic("a GIF file", 0, "GIF8"),
            new Magic("a WebP file", 8, "WEBP"),
            new Magic("an AVIF file", 4, "ftypavif"),
            new Magic("an AVIF file", 4, "ftypavis"),
            new Magic("a HEIC file", 4, "ftyp"),
            new Magic("a BMP file", 0, "BM"),
            new Magic("a TIFF file", 0, "II*\0"),
            new Magic("a TIFF file", 0, "MM\0*"),
            new Magic("an ICO file", 0, "\0\0\1\0"),
            new Magic("a JPEG XL file", 0, "\u00ff\n"),
            new Magic("a JPEG XL file", 4, "JXL "),
            new Magic("a JPEG 2000 file", 4, "jP  "),
            new Magic("an MNG file", 0, "\u008aMNG"),
            new Magic("a Photoshop file", 0, "8BPS"),
            new Magic("a PDF file", 0, "%PDF-"),
            new Magic("an SVG drawing", 0, "<svg"),
            new Magic("an XML or SVG document", 0, "<?xml"),
            new Magic("a NumPy array", 0, "\u0093NUMPY"),
            new Magic("a Netpbm file", 0, "P1\n"),
            new Magic("a Netpbm file", 0, "P2\n"),
            new Magic("a Netpbm file", 0, "P3\n"),
            new Magic("a Netpbm file", 0, "P4\n"),
            new Magic("a Netpbm file", 0, "P5\n"),
            new Magic("a Netpbm file", 0, "P6\n"));

    private record Magic(String name, int offset, String start) {
        boolean matches(byte[] bytes) {
            return startsWith(bytes, offset, start.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private ImageFormatDetector() {}

    /**
     * Describes {@code bytes}, which lack the PNG signature, and how to correct the request.
     *
     * @return one or two sentences for the client
     */
    static String explain(byte[] bytes) {
        if (bytes.length == 0) {
            return "The image is empty: no bytes arrived. Send the bytes of a PNG file.";
        }
        return damagedSignature(bytes)
                .or(() -> packed(bytes))
                .or(() -> text(bytes))
                .or(() -> otherImage(bytes))
                .orElse("The %d bytes are not a PNG: the PNG signature is missing. Send a PNG file."
                        .formatted(bytes.length));
    }

    private static Optional<String> damagedSignature(byte[] bytes) {
        if (startsWith(bytes, 0, PNG_START)) {
            return Optional.of(
                    "The PNG signature is cut off or damaged, as by a transfer in text mode that changes line "
                            + "ends. Transfer the file in binary mode.");
        }
        int name = indexOfPng(bytes);
        if (name > 0 && name <= 3) { // the byte 0x89 was decoded as a replacement character, a letter or "?"
            return Optional.of("The PNG was read as text and is damaged by that. Send the bytes of the file, as with "
                    + "curl --data-binary @digit.png or open(\"digit.png\", \"rb\") in Python.");
        }
        return Optional.empty();
    }

    private static int indexOfPng(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, 8), StandardCharsets.ISO_8859_1);
        return start.indexOf("PNG");
    }

    private static Optional<String> packed(byte[] bytes) {
        if (startsWith(bytes, 0, new byte[] {0x1f, (byte) 0x8b})) {
            return Optional.of(
                    "The bytes are not a PNG: they are compressed with gzip. Send them uncompressed, or with "
                            + "the header Content-Encoding: gzip.");
        }
        return startsWith(bytes, 0, "PK\3\4".getBytes(StandardCharsets.ISO_8859_1))
                ? Optional.of("The bytes are not a PNG: they are a ZIP archive. Send the PNG alone, or the archive to "
                        + "/api/v1/predict/batch.")
                : Optional.empty();
    }

    private static Optional<String> text(byte[] bytes) {
        int length = Math.min(bytes.length, TEXT_SAMPLE);
        for (int i = 0; i < length; i++) {
            boolean printable =
                    bytes[i] >= ' ' && bytes[i] < 127 || bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '\t';
            if (!printable) {
                return Optional.empty();
            }
        }
        String start =
                new String(bytes, 0, length, StandardCharsets.US_ASCII).strip().replaceFirst("^(b?['\"])", "");
        if (start.startsWith("data:") || isBase64(start)) {
            return Optional.of("The image is base64 text. Decode it and send the bytes of the file: "
                    + "base64 -d digit.txt > digit.png.");
        }
        if (start.startsWith("{") || start.startsWith("[")) {
            return Optional.of("The bytes are not a PNG: they are JSON text. Send the bytes of a PNG file as the body; "
                    + "JSON tensors go to /v2/models/{name}/infer.");
        }
        return otherImage(bytes)
                .or(() -> Optional.of("The bytes are not a PNG: they are text. Send the bytes of a PNG file, as with "
                        + "curl --data-binary @digit.png."));
    }

    private static boolean isBase64(String start) {
        return BASE64_STARTS.stream().anyMatch(start::startsWith)
                && start.replaceAll("\\s", "").matches("[A-Za-z0-9+/_-]{16,}={0,2}['\"]?");
    }

    private static Optional<String> otherImage(byte[] bytes) {
        return MAGICS.stream()
                .filter(magic -> magic.matches(bytes))
                .findFirst()
                .map(magic ->
                        ("The bytes are not a PNG: they are %s. Convert it to PNG, as with \"magick input digit.png\" or "
                                        + "in Python Image.open(\"input\").save(\"digit.png\").")
                                .formatted(magic.name));
    }

    private static boolean startsWith(byte[] bytes, int offset, byte[] start) {
        return bytes.length >= offset + start.length
                && Arrays.equals(bytes, offset, offset + start.length, start, 0, start.length);
    }
}
