package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A visit to the web page with an empty cache; console errors fail the test. */
final class BrowserSession implements AutoCloseable {
    static final int WIDE = 1280;
    static final int PHONE = 390;

    private static final String AXE = axe();

    private final String origin;
    private final BrowserContext context;
    private final List<String> complaints = new ArrayList<>();
    final Page page;

    /** @param evaluating true to let the test evaluate scripts, which the Content-Security-Policy forbids */
    BrowserSession(Chromium chromium, String origin, int width, ColorScheme scheme, boolean evaluating) {
        this.origin = origin.replaceAll("/$", "");
        context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, 900)
                        .setBypassCSP(evaluating)
                        .setColorScheme(scheme)
                        .setReducedMotion(ReducedMotion.REDUCE));
        page = context.newPage();
        page.setDefaultTimeout(90_000);
        page.onPageError(error -> complaints.add("script: " + error));
        page.onConsoleMessage(message -> {
            // a busy gateway answers this occasionally, and the page retries
            boolean busy = message.text().contains("status of 503");
            if (message.type().equals("error") && !busy) {
                complaints.add("console: " + message.text() + " at " + message.location());
            }
        });
        page.onRequest(request -> {
            if (!request.url().startsWith(this.origin) && request.url().startsWith("http")) {
                complaints.add("request to elsewhere: " + request.url());
            }
        });
    }

    /** Opens an address. */
    BrowserSession open(String path) {
        page.navigate(origin + path);
        return this;
    }

    /** Opens an address and waits until the page shows its content and charts. */
    BrowserSession go(String path) {
        open(path);
        page.waitForFunction(
                "document.querySelector('main h1') && !document.querySelector('main .quiet')?.textContent"
                        + ".startsWith('Loading') && [...document.querySelectorAll('.chart')].every(one => 'drawn' in one.dataset)");
        return this;
    }

    /** Ignores console errors that contain {@code part}. */
    void forgives(String part) {
        complaints.removeIf(complaint -> complaint.contains(part));
    }

    /** Starts to measure frames in which the page changes. */
    void watchFrames() {
        page.evaluate("""
                () => {
                    window.watch?.disconnect();
                    let changed = false;
                    let drawn = 0;
                    const watch = window.watch = new MutationObserver((changes) => {
                        changed = true;
                        drawn += changes.filter((change) => change.attributeName === 'data-drawn').length;
                        window.mostDrawn = Math.max(window.mostDrawn, drawn);
                    });
                    watch.observe(document.querySelector('main'),
                        { attributes: true, characterData: true, childList: true, subtree: true });
                    window.frames = [];
                    window.mostDrawn = 0;
                    const frame = (began) => {
                        const painted = new MessageChannel();
                        painted.port1.onmessage = () => {
                            if (changed && window.watch === watch) {
                                window.frames.push(performance.now() - began);
                            }
                            changed = false;
                            drawn = 0;
                        };
                        painted.port2.postMessage(null);
                        if (window.watch === watch) {
                            requestAnimationFrame(frame);
                        }
                    };
                    requestAnimationFrame(frame);
                }""");
    }

    /** Returns the milliseconds from start to paint of each measured frame, shortest first. */
    List<Double> frames() {
        @SuppressWarnings("unchecked")
        List<Number> frames = (List<Number>) page.evaluate("window.frames");
        return frames.stream().map(Number::doubleValue).sorted().toList();
    }

    /** Returns the largest number of charts drawn in one measured frame. */
    int mostChartsInAFrame() {
        return ((Number) page.evaluate("window.mostDrawn")).intValue();
    }

    /** Waits until all charts are drawn, each in its own frame. */
    void drawn() {
        page.evaluate("""
                async () => {
                    for (let frame = 0; frame < 6; frame++) {
                        await new Promise(requestAnimationFrame);
                    }
                }""");
    }

    Locator at(String selector) {
        return page.locator(selector);
    }

    /** Waits until {@code selector} holds {@code text}. */
    BrowserSession sees(String selector, String text) {
        page.locator(selector)
                .filter(new Locator.FilterOptions().setHasText(text))
                .first()
                .waitFor();
        return this;
    }

    /** Returns the milliseconds until the first paint. */
    double firstPaint() {
        page.waitForFunction("performance.getEntriesByName('first-contentful-paint').length > 0");
        return ((Number) page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                .doubleValue();
    }

    /** Returns the bytes transferred for the page, including headers. */
    long transferredBytes() {
        return ((Number) page.evaluate("[...performance.getEntriesByType('resource'),"
                        + " ...performance.getEntriesByType('navigation')]"
                        + ".reduce((sum, entry) => sum + entry.transferSize, 0)"))
                .longValue();
    }

    /** Returns accessibility violations that axe rates serious or critical. */
    @SuppressWarnings("unchecked")
    List<String> accessibilityViolations() {
        if (!(Boolean) page.evaluate("'axe' in window")) {
            page.addScriptTag(new Page.AddScriptTagOptions().setContent(AXE));
        }
        List<Map<String, Object>> found = (List<Map<String, Object>>) page.evaluate("""
                async () => (await axe.run({ resultTypes: ['violations'] })).violations
                    .filter(one => ['serious', 'critical'].includes(one.impact))
                    .map(one => ({ id: one.id, where: one.nodes.map(node => node.target.join(' ') + ': '
                        + node.failureSummary).join('; ') }))
                """);
        return found.stream()
                .map(one -> one.get("id") + " at " + one.get("where"))
                .toList();
    }

    private static String axe() {
        try (InputStream script = BrowserSession.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the pixels by which the page, or a stacked table in it, is wider than the viewport. */
    int overflow() {
        return ((Number) page.evaluate("Math.max(document.documentElement.scrollWidth - innerWidth,"
                        + " ...[...document.querySelectorAll('.wide:has(.stack)')]"
                        // both widths are rounded, each for itself
                        + ".map(one => innerWidth > 640 ? 0 : Math.max(0, one.scrollWidth - one.clientWidth - 1)))"))
                .intValue();
    }

    void screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
    }

    /** Takes a screenshot of the whole page. */
    void fullPageScreenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(Path.of("target", "screenshots", name + ".png")));
    }

    /** Takes a screenshot of one element. */
    void screenshot(String name, String selector) {
        page.locator(selector)
                .screenshot(new Locator.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
    }

    @Override
    public void close() {
        context.close();
        assertThat(complaints).isEmpty();
    }
}
