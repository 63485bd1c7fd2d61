package dev.trainyard.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Addresses of the web page. */
class PageHandlerTest {
    @Test
    void everyPageHasAnAddress() {
        for (String path : List.of(
                "/jobs",
                "/jobs/1-2",
                "/jobs/new",
                "/studies",
                "/studies/1-2",
                "/studies/new",
                "/compare",
                "/models",
                "/models/DigitModel",
                "/draw",
                "/system",
                "/audit")) {
            assertThat(PageHandler.isPage(path)).as(path).isTrue();
        }
    }

    @Test
    void otherPathsAreNotPages() {
        for (String path :
                List.of("/job", "/jobs/", "/jobs/a/b", "/models/a/versions", "/api/v1/train", "/q/openapi", "/v2")) {
            assertThat(PageHandler.isPage(path)).as(path).isFalse();
        }
    }
}
