package dev.trainyard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsFitTheirContentAndColoursHaveNoWidth() {
        Table table = new Table("KEY", "STATUS", "AGE").add("1", Colour.GREEN.paint("success"), "3 s");
        assertThat(table.add("12345", "failed", "4 min").toString().lines())
                .containsExactly(
                        "KEY    STATUS   AGE", "1      \u001b[32msuccess\u001b[0m  3 s", "12345  failed   4 min");
    }
}
