package dev.trainyard.gateway.predictions.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MultipartImageReaderTest {
    private static final String TYPE = "multipart/form-data; boundary=\"b o\"";

    @Test
    void partsAreReadExactlyAndNamedByTheirFiles() {
        String body = """
                preamble\r
                --b o\r
                Content-Disposition: form-data; name="x"; filename="a \\"b\\".png"\r
                \r
                one\r
                two\r
                --b o  \r
                content-disposition: form-data; name="y"; filename*=UTF-8''%C3%A9%2B.png; filename="e.png"\r
                \r
                \r
                --b o\r
                Content-Disposition: form-data; name=z\r
                Content-Type: image/png\r
                \r
                --b x\r
                --b o\r
                Content-Disposition: form-data; name="field"\r
                \r
                text\r
                --b o--\r
                epilogue""";
        ImageBatch images = MultipartImageReader.read(body.getBytes(UTF_8), TYPE);

        assertThat(images.items()).extracting(ImageBatch.Item::name).containsExactly("a \\\"b\\\".png", "é+.png", "z");
        assertThat(images.items())
                .extracting(item -> new String(item.read(), UTF_8))
                .containsExactly("one\r\ntwo", "", "--b x");
        assertThat(images.skipped()).isEqualTo(1);
    }

    /** A letter that has two characters in lower case must not shift positions. */
    @Test
    void partHeadersAreMatchedInAnyCase() {
        String body = """
                --b o\r
                Content-Disposition: form-data; name="\u0130\u0130\u0130"; FILENAME*=utf-8''%C4%B0.png\r
                \r
                one\r
                --b o\r
                Content-Disposition: form-data; name="\u0130"\r
                CONTENT-TYPE:image/png\r
                \r
                two\r
                --b o--""";
        ImageBatch images = MultipartImageReader.read(body.getBytes(UTF_8), TYPE);

        assertThat(images.items()).extracting(ImageBatch.Item::name).containsExactly("\u0130.png", "\u0130");
    }

    @Test
    void aTruncatedBodyIsRejected() {
        byte[] whole =
                "--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nbytes\r\n--b--".getBytes(UTF_8);
        assertThat(MultipartImageReader.read(whole, "multipart/form-data; boundary=b")
                        .items())
                .hasSize(1);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> MultipartImageReader.read(cut, "multipart/form-data; boundary=b"))
                    .isInstanceOf(ProblemException.class);
        }
        assertThatThrownBy(() -> MultipartImageReader.read(whole, "multipart/form-data"))
                .isInstanceOf(ProblemException.class);
    }
}
