package dev.trainyard.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.trainyard.image.testing.PngBuilder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageFormatDetectorTest {
    private static final byte[] PNG = PngBuilder.grey(28, 28, new byte[784]).build();

    static List<Arguments> otherFormats() throws IOException {
        String base64 = Base64.getEncoder().encodeToString(PNG);
        return List.of(
                arguments(written("jpg"), "they are a JPEG file", "Convert it to PNG"),
                arguments(written("gif"), "they are a GIF file", "Convert it to PNG"),
                arguments(written("bmp"), "they are a BMP file", "Convert it to PNG"),
                arguments(written("tiff"), "they are a TIFF file", "Convert it to PNG"),
                arguments(bytes("RIFF\u0010\0\0\0WEBPVP8 "), "they are a WebP file", "Convert it to PNG"),
                arguments(bytes("\0\0\0\u0018ftypheic\0\0\0\0"), "they are a HEIC file", "Convert it to PNG"),
                arguments(bytes("\0\0\0\u0018ftypmif1\0\0\0\0"), "they are a HEIC file", "Convert it to PNG"),
                arguments(bytes("\0\0\0\u0018ftypavif\0\0\0\0"), "they are an AVIF file", "Convert it to PNG"),
                arguments(bytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), "they are an SVG drawing", "Convert it"),
                arguments(bytes("%PDF-1.7\n%\u00e2\u00e3"), "they are a PDF file", "Convert it to PNG"),
                arguments(bytes("\u001f\u008b\b\0\0\0\0\0"), "compressed with gzip", "Content-Encoding: gzip"),
                arguments(bytes("PK\3\4\n\0\0\0"), "a ZIP archive", "/api/v1/predict/batch"),
                arguments(bytes(base64), "base64 text", "Decode it"),
                arguments(bytes("  \"" + base64 + "\"\n"), "base64 text", "Decode it"),
                arguments(bytes("b'" + base64 + "'"), "base64 text", "Decode it"),
                arguments(bytes(base64.replaceAll("(.{76})", "$1\r\n")), "base64 text", "Decode it"),
                arguments(bytes("data:image/png;base64," + base64), "base64 text", "Decode it"),
                arguments(base64Of(written("jpg")), "base64 text", "Decode it"),
                arguments(bytes("{\"image\":\"" + base64 + "\"}"), "they are JSON text", "as the body"),
                arguments(bytes("C:\\digit.png"), "they are text", "--data-binary"),
                arguments(new byte[0], "no bytes arrived", "Send the bytes of a PNG file"),
                arguments(new byte[] {1, 2, 3}, "the PNG signature is missing", "Send a PNG file"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("otherFormats")
    void otherFormatsAreNamedWithAdvice(byte[] file, String name, String remedy) {
        assertThatThrownBy(() -> PngFile.parse(file))
                .isInstanceOf(PngException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(remedy);
    }

    @Test
    void aPngSentAsTextIsReported() {
        String asLatin1 = new String(PNG, StandardCharsets.ISO_8859_1);
        byte[] asUtf8 = asLatin1.getBytes(StandardCharsets.UTF_8);
        byte[] replaced = new String(PNG, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        byte[] lineEnds = asLatin1.replace("\r\n", "\n").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(PngFile.explainOtherFormat(asUtf8)).contains("was read as text", "--data-binary");
        assertThat(PngFile.explainOtherFormat(replaced)).contains("was read as text", "--data-binary");
        assertThat(PngFile.explainOtherFormat(lineEnds)).contains("transfer in text mode", "binary mode");
    }

    private static byte[] written(String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB), format, out))
                .isTrue();
        return out.toByteArray();
    }

    private static byte[] base64Of(byte[] file) {
        return Base64.getEncoder().encode(file);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
