package dev.trainyard.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Properties of every page: address, load time, size and accessibility. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PagesTest extends BrowserTestBase {
    private static final double FIRST_PAINT_MS = 1_000;
    private static final long WEIGHT = 1_500_000;

    private Map<String, String> pages() throws Exception {
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            String done = scene.finished(trainer, 12);
            String other = scene.finished(trainer, 12);
            String running = scene.running(trainer);
            Map<String, String> pages = new LinkedHashMap<>();
            pages.put("home", "/");
            pages.put("jobs", "/jobs");
            pages.put("job", "/jobs/" + running);
            pages.put("job-done", "/jobs/" + done);
            pages.put("new-training", "/jobs/new?from=" + done);
            String study = PageStudiesTest.created(2, 1);
            pages.put("studies", "/studies");
            pages.put("study", "/studies/" + study);
            pages.put("new-study", "/studies/new?from=" + study);
            pages.put("compare", "/compare?keys=" + done + "," + other);
            pages.put("models", "/models");
            pages.put("model", "/models/DigitModel?version=1");
            pages.put("draw", "/draw");
            pages.put("system", "/system");
            pages.put("audit", "/audit");
            return pages;
        }
    }

    @Test
    void everyPageIsFastSmallAndAccessible() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (Map.Entry<String, String> one : pages().entrySet()) {
            try (BrowserSession visit = visit()) {
                visit.go(one.getValue()).page.waitForLoadState();
                double paint = visit.firstPaint();
                for (int again = 0; again < 4 && paint >= FIRST_PAINT_MS; again++) {
                    paint = firstPaint(one.getValue()); // something else may have had the processor
                }
                long weight = visit.transferredBytes();
                System.out.printf("page %-9s first paint %4.0f ms, %,9d bytes%n", one.getKey(), paint, weight);
                all.assertThat(paint).as("first paint of " + one.getKey()).isLessThan(FIRST_PAINT_MS);
                all.assertThat(weight).as("weight of " + one.getKey()).isLessThan(WEIGHT);
                all.assertThat(visit.accessibilityViolations()).as(one.getKey()).isEmpty();
                visit.screenshot(one.getKey());
            }
            checkPage(all, one, "dark", BrowserSession.WIDE, ColorScheme.DARK);
            checkPage(all, one, "phone", BrowserSession.PHONE, ColorScheme.LIGHT);
            checkPage(all, one, "phone-dark", BrowserSession.PHONE, ColorScheme.DARK);
        }
        all.assertAll();
    }

    @Test
    void everyPageWorksUnderItsContentSecurityPolicy() throws Exception {
        Map<String, String> pages = pages();
        try (BrowserSession visit = strictVisit()) {
            for (String path : pages.values()) {
                visit.open(path).at("main h1").waitFor();
            }
            visit.open(pages.get("job")).at(".chart[data-drawn] canvas").first().waitFor();
            visit.open(pages.get("model")).at("ty-confusion button").first().click();
            visit.at(".mistakes .digit").first().waitFor();
            visit.open(pages.get("draw")).at("[data-digit='1'] img").waitFor();
        }
    }

    private void checkPage(
            SoftAssertions all, Map.Entry<String, String> one, String suffix, int width, ColorScheme scheme) {
        try (BrowserSession visit = visit(width, scheme)) {
            visit.go(one.getValue());
            String name = one.getKey() + "-" + suffix;
            all.assertThat(visit.overflow()).as("overflow of " + name).isZero();
            all.assertThat(visit.accessibilityViolations()).as(name).isEmpty();
            visit.screenshot(name);
        }
    }

    private double firstPaint(String path) {
        try (BrowserSession visit = visit()) {
            return visit.go(path).firstPaint();
        }
    }

    @Test
    void thePageWorksWithTheKeyboardAndRespectsReducedMotion() {
        try (BrowserSession visit = visit().go("/system")) {
            visit.page.keyboard().press("Tab");
            assertThat(visit.page.evaluate("document.activeElement.className")).isEqualTo("skip");
            assertThat(visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                    .isEqualTo("solid");
            visit.page.keyboard().press("Enter");
            assertThat(visit.page.evaluate("location.hash")).isEqualTo("#main");
            assertThat(visit.page.evaluate("document.activeElement.id")).isEqualTo("main");

            visit.at("nav a[href='/jobs']").focus();
            visit.page.keyboard().press("Enter");
            visit.sees("h1", "Jobs");
            assertThat(visit.at("nav a[aria-current=page]").textContent()).isEqualTo("Jobs");
            assertThat(visit.at("#says").textContent()).isEqualTo("Jobs");
            assertThat(visit.page.evaluate("document.activeElement.id")).isEqualTo("main");
            assertThat(visit.page.evaluate("""
                    () => {
                        const rail = Object.assign(document.createElement('div'), { className: 'meter' });
                        rail.innerHTML = '<div class="rail"><span></span></div>';
                        document.querySelector('main').append(rail);
                        return getComputedStyle(rail.querySelector('span')).transitionDuration;
                    }""")).isEqualTo("0s");
        }
    }

    @Test
    void theHomePageOffersFourActionsAndItsCurlCommandWorks() {
        try (BrowserSession visit = visit().go("/")) {
            assertThat(visit.at(".card h2").allTextContents())
                    .containsExactly("Train the sample", "Train your own", "Draw a digit", "Or from a shell");
            String line = visit.at("pre").textContent();
            assertThat(line).startsWith("curl -s " + gateway.toString().replaceAll("/$", "") + "/api/v1/train ");
            scene.submitted(line.replaceAll(".* -d '(.*)'$", "$1"));
            visit.sees("h2", "Newest models").sees(".chip", "queued"); // a job was added without a reload
        }
    }

    @Test
    void theSelectedThemeIsRemembered() {
        try (BrowserSession visit = visit().go("/system")) {
            String ground = "getComputedStyle(document.body).backgroundColor";
            Object light = visit.page.evaluate(ground);
            visit.at("#theme").click();
            visit.at("#theme").click();
            assertThat(visit.at("#theme").textContent()).isEqualTo("Theme: dark");
            assertThat(visit.page.evaluate(ground)).isNotEqualTo(light);
            visit.go("/models");
            assertThat(visit.at("#theme").textContent()).isEqualTo("Theme: dark");
            assertThat(visit.page.evaluate(ground)).isNotEqualTo(light);
        }
    }

    @Test
    void anAddressWithATrailingSlashIsRedirected() {
        given().redirects()
                .follow(false)
                .get("/jobs/?status=queued&key=6f")
                .then()
                .statusCode(308)
                .header("Location", "/jobs?status=queued&key=6f");
        given().redirects().follow(false).get("/jobs/a/b/").then().statusCode(404);
        try (BrowserSession visit = visit().go("/models/DigitModel/")) {
            visit.sees("h1", "DigitModel");
            assertThat(visit.page.url()).endsWith("/models/DigitModel");
        }
    }

    @Test
    void unknownApiAddressesAreProblems() {
        io.restassured.RestAssured.get("/jobs/a/b").then().statusCode(404);
        io.restassured.RestAssured.get("/system").then().statusCode(200).contentType("text/html");
        assertThat(io.restassured.RestAssured.get("/app/main.js").header("Cache-Control"))
                .isEqualTo("no-cache");
        assertThat(io.restassured.RestAssured.get("/jobs").header("Cache-Control"))
                .isEqualTo("no-cache");
        for (String page : List.of("/", "/jobs", "/models/x")) {
            assertThat(io.restassured.RestAssured.get(page).header("Content-Security-Policy"))
                    .as(page)
                    .contains("default-src 'self'", "frame-ancestors 'none'");
        }
    }
}
