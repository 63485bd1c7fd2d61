package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

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
    void whatClientsSendIsTaken(String header) {
        assertThat(ContentHeaders.troubleWithType(header)).isNull();
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
    void whatIsNoTypeOrAnotherCharsetIsNamed(String header) {
        assertThat(ContentHeaders.troubleWithType(header)).isNotNull();
    }
}
