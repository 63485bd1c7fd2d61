package dev.trainyard.gateway;

import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.http.TestHTTPResource;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the web page share: one browser for each class, and a gateway that is ready. */
abstract class BrowserTestBase {
    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource
    URL gateway;

    private static Chromium chromium;
    SampleJobs scene;

    @BeforeAll
    static void openTheBrowser() {
        chromium = Chromium.open();
    }

    @AfterAll
    static void closeTheBrowser() {
        if (chromium != null) {
            chromium.close();
            chromium = null;
        }
    }

    @BeforeEach
    void setTheScene() {
        scene = SampleJobs.set();
    }

    /** A look at a desk, in the light. */
    BrowserSession visit() {
        return visit(BrowserSession.WIDE, ColorScheme.LIGHT);
    }

    BrowserSession visit(int width, ColorScheme scheme) {
        return new BrowserSession(chromium, gateway.toString(), width, scheme, true);
    }

    BrowserSession visitTo(String origin, int width, ColorScheme scheme) {
        return new BrowserSession(chromium, origin, width, scheme, true);
    }

    /** As everybody else looks, by the rules of the page's Content-Security-Policy; with locators alone. */
    BrowserSession plainVisit() {
        return new BrowserSession(chromium, gateway.toString(), BrowserSession.WIDE, ColorScheme.LIGHT, false);
    }
}
