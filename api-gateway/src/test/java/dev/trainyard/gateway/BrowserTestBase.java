package dev.trainyard.gateway;

import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.gateway.models.ModelRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Base of the web page tests: one browser for all classes, and a gateway that is ready. */
abstract class BrowserTestBase {
    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    ModelRegistry registry;

    @Inject
    Jdbi jdbi;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource
    URL gateway;

    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    SampleJobs scene;

    @BeforeEach
    void createSampleJobs() {
        scene = SampleJobs.create();
    }

    /** Opens a session with a desktop viewport and the light color scheme. */
    BrowserSession visit() {
        return visit(BrowserSession.WIDE, ColorScheme.LIGHT);
    }

    BrowserSession visit(int width, ColorScheme scheme) {
        return new BrowserSession(BROWSER.chromium(), gateway.toString(), width, scheme, true);
    }

    BrowserSession visitTo(String origin, int width, ColorScheme scheme) {
        return new BrowserSession(BROWSER.chromium(), origin, width, scheme, true);
    }

    /** Opens a session under the Content-Security-Policy, so that tests can use locators only. */
    BrowserSession strictVisit() {
        return new BrowserSession(
                BROWSER.chromium(), gateway.toString(), BrowserSession.WIDE, ColorScheme.LIGHT, false);
    }
}
