package dev.trainyard.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentHeadersTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "image/png",
                "application/json; charset=UTF-8",
                "application/json;charset=\"utf-8\"",
                "application/problem+json;",
                "image/png; charset=ISO-8859-1",
                "multipart/form-data; boundary=\"b o\"",
                "multipart/form-data;boundary=----WebKitFormBoundaryABC"
            })
    void validHeadersAreAccepted(String header) {
        assertThat(ContentHeaders.typeError(header)).isNull();
    }

    /** A backtracking pattern would overflow the stack on a parameter of some kilobytes. */
    @Test
    void longHeadersAreRejectedAndQuotedStringsAreMatchedWithoutRecursion() {
        assertThat(ContentHeaders.typeError("image/png; x=\"" + "a".repeat(15_000) + "\""))
                .isEqualTo("Content-Type is longer than 1024 characters.");
        assertThat(ContentHeaders.typeError("image/png; x=\"" + "\\a".repeat(500) + "\""))
                .isNull();
        byte[] form = ("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"" + "\\a".repeat(4_000)
                        + "\"\r\n\r\nx\r\n--b--")
                .getBytes(ISO_8859_1);
        assertThat(MultipartForm.read(form, "multipart/form-data; boundary=b")
                        .get(0)
                        .fileName())
                .hasSize(8_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "image",
                "/",
                ",",
                "*/*",
                "image/png, image/png",
                "image/png image/png",
                "image/png; charset",
                "image/png; charset=nonsense",
                "image/png; charset=\"",
                "application/json; charset=ISO-8859-1",
                "application/json; charset=utf-16"
            })
    void invalidTypesAndCharsetsAreReported(String header) {
        assertThat(ContentHeaders.typeError(header)).isNotNull();
    }
}
