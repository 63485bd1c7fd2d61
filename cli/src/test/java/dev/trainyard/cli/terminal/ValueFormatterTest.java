package dev.trainyard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.DoubleNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueFormatterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T10:07:35Z",
                "2026-11-24T10:07:35.010980Z",
                "2024-02-29T23:59:59.999999999Z",
                "2026-11-24T24:00:00Z",
                "2026-11-24T10:07:35.5+02:00",
                "+12026-01-01T00:00:00Z"
            })
    void instantsAreParsedLikeJava(String text) {
        assertThat(ValueFormatter.instant(text).truncatedTo(ChronoUnit.SECONDS))
                .isEqualTo(Instant.parse(text).truncatedTo(ChronoUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-02-30T00:00:00Z", "2026-1x-01T00:00:00Z", "yesterday", ""})
    void invalidInstantsAreRejected(String text) {
        assertThatThrownBy(() -> ValueFormatter.instant(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void numbersDoNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(ValueFormatter.percent(DoubleNode.valueOf(0.98765))).isEqualTo("98.77 %");
            assertThat(ValueFormatter.text("%,d %.1f", 1_234_567, 0.25)).isEqualTo("1,234,567 0.3");
        } finally {
            Locale.setDefault(before);
        }
    }
}
