package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.models.ModelPublisher;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The web page asks for confirmation before actions that are hard to undo; the safe choice is the default. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageConfirmTest extends BrowserTestBase {
    private static final String FOCUSED = "document.activeElement.dataset";

    private String modelWithTwoVersions() {
        String model = "Confirm-" + UUID.randomUUID();
        new ModelPublisher(registry, new FileArtifactStore(artifacts)).versions(model, 2);
        return model;
    }

    @Test
    void cancellingAJobIsConfirmedOnItsPageAndInTheList() {
        String key = scene.submitted(config("mlp", 2, 81));
        for (String path : List.of("/jobs/" + key, "/jobs?key=" + key)) {
            try (BrowserSession visit = visit().go(path)) {
                String button = "[data-action=cancel]";
                asksAndDoesNothingYet(visit, button, "Cancel job " + key.substring(0, 8), "Keep the job");
                assertThat(status(key)).isEqualTo("queued");
                assertThat(visit.page.evaluate(FOCUSED + ".action")).isEqualTo("cancel");
            }
        }
        try (BrowserSession visit =
                visit(BrowserSession.PHONE, ColorScheme.LIGHT).go("/jobs/" + key)) {
            visit.at("[data-action=cancel]").click();
            visit.screenshot("confirm-phone");
            assertThat(visit.overflow()).isZero();
            visit.at("dialog [data-answer=yes]").click();
            visit.sees(".chip", "cancelled");
        }
    }

    @Test
    void promotingRollingBackAndDeletingAreConfirmed() {
        String model = modelWithTwoVersions();
        try (BrowserSession visit = visit().go("/models/" + model)) {
            asksAndDoesNothingYet(
                    visit, "[data-promote='2']", "Put version 2 of " + model + " into production?", "Go back");
            asksAndDoesNothingYet(visit, "#rollback", "Roll back " + model, "Go back");
            asksAndDoesNothingYet(visit, "[data-delete='2']", "Delete version 2 of " + model, "Go back");
            assertThat(get("/api/v1/models/" + model).jsonPath().getInt("production"))
                    .isEqualTo(1);
            assertThat(visit.at("[data-delete='1']").isDisabled()).isTrue(); // production points to it
            visit.at("[data-delete='2']").click();
            visit.sees("dialog p", "permanently deleted");
            visit.at("dialog [data-answer=yes]").click();
            visit.sees("#says", "Version 2 is deleted");
            visit.at("[data-delete='2']").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        }
    }

    @Test
    void deletingAModelIsConfirmedAndOpensTheList() {
        String model = modelWithTwoVersions();
        try (BrowserSession visit = visit().go("/models/" + model)) {
            asksAndDoesNothingYet(visit, "#delete-model", "Delete the model " + model, "Go back");
            get("/api/v1/models/" + model).then().statusCode(200);
            visit.at("#delete-model").click();
            visit.sees("dialog p", "All its versions")
                    .at("dialog [data-answer=yes]")
                    .click();
            visit.page.waitForURL("**/models");
            visit.sees("h1", "Models");
            get("/api/v1/models/" + model).then().statusCode(410);
        }
    }

    /** Escape, Enter and the safe button each close the dialog, change nothing and give the focus back. */
    private static void asksAndDoesNothingYet(BrowserSession visit, String button, String title, String safe) {
        for (String answer : List.of("Escape", "Enter", "click")) {
            visit.at(button).focus();
            visit.page.keyboard().press("Enter");
            visit.sees("dialog[open] h2", title);
            assertThat(visit.page.evaluate("document.activeElement.textContent"))
                    .isEqualTo(safe);
            assertThat(visit.page.evaluate("document.querySelector('dialog').matches(':modal')"))
                    .isEqualTo(true);
            assertThat(visit.accessibilityViolations()).isEmpty();
            if (answer.equals("click")) {
                visit.at("dialog [data-answer=no]").click();
            } else {
                visit.page.keyboard().press(answer);
            }
            visit.at("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            assertThat(visit.page.evaluate(
                            "selector => document.activeElement === document.querySelector(selector)", button))
                    .isEqualTo(true);
        }
    }

    private static String status(String key) {
        return get("/api/v1/train/" + key).jsonPath().getString("status");
    }
}
