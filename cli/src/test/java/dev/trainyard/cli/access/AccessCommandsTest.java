package dev.trainyard.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.error.ExitCodes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class AccessCommandsTest {
    private static final String CONFIG_HOME = "XDG_CONFIG_HOME";
    private static final String TOKEN_VARIABLE = "TRAINYARD_TOKEN";
    private static final String TOKEN = "ty_0123456789abcdef_secret";
    private static final String ME = "GET /api/v1/me";
    private static final String TOKENS = "GET /api/v1/tokens";
    private static final String NO_TOKENS = "{\"tokens\":[]}";
    private static final String ADMINISTRATOR =
            "{\"name\":\"root\",\"role\":\"administrator\",\"permissions\":[],\"mode\":\"tokens\"}";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @TempDir
    Path folder;

    private final InputStream standardInput = System.in;

    @BeforeEach
    void useOwnConfiguration() {
        System.setProperty(CONFIG_HOME, folder.toString());
        System.setIn(new ByteArrayInputStream((TOKEN + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void reset() {
        System.clearProperty(CONFIG_HOME);
        System.clearProperty(TOKEN_VARIABLE);
        System.setIn(standardInput);
    }

    private Path file() {
        return folder.resolve("trainyard/tokens.json");
    }

    private String sent(String requestLine) {
        return gateway.request(requestLine).headers().getFirst("Authorization");
    }

    @Test
    void loginStoresATokenThatTheGatewayAccepts() throws Exception {
        gateway.on(ME, 200, ADMINISTRATOR).on(TOKENS, 200, NO_TOKENS);

        CommandLineRun login = CommandLineRun.at(gateway, "login");

        assertThat(login.exitCode()).as(login.err()).isZero();
        assertThat(login.out() + login.err()).contains("root (administrator)").doesNotContain(TOKEN);
        assertThat(sent(ME)).isEqualTo("Bearer " + TOKEN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(CommandLineRun.at(gateway, "tokens", "ls").exitCode()).isZero();
        assertThat(sent(TOKENS)).isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void loginStoresNoTokenThatTheGatewayRefuses() {
        gateway.on(ME, 401, "{\"detail\":\"The access token is unknown, expired or revoked.\"}");

        CommandLineRun login = CommandLineRun.at(gateway, "login");

        assertThat(login.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(login.err()).contains("unknown, expired or revoked", "./trainyard login");
        assertThat(file()).doesNotExist();
    }

    @Test
    void logoutDeletesTheTokenOfThisGatewayOnly() throws Exception {
        gateway.on(ME, 200, ADMINISTRATOR).on(TOKENS, 200, NO_TOKENS);
        CommandLineRun.at(gateway, "login");
        Files.writeString(file(), Files.readString(file()).replace("{", "{\"http://other:1\":\"ty_other\","));

        assertThat(CommandLineRun.at(gateway, "logout").exitCode()).isZero();

        CommandLineRun.at(gateway, "tokens", "ls");
        assertThat(sent(TOKENS)).isNull();
        assertThat(Files.readString(file())).contains("ty_other").doesNotContain(TOKEN);
    }

    @Test
    void theEnvironmentHasPriorityOverTheStoredToken() {
        gateway.on(ME, 200, ADMINISTRATOR).on(TOKENS, 200, NO_TOKENS);
        CommandLineRun.at(gateway, "login");
        System.setProperty(TOKEN_VARIABLE, "ty_environment");

        CommandLineRun.at(gateway, "tokens", "ls");

        assertThat(sent(TOKENS)).isEqualTo("Bearer ty_environment");
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        gateway.on(ME, 200, ADMINISTRATOR);
        CommandLineRun.at(gateway, "login");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

        CommandLineRun run = CommandLineRun.at(gateway, "tokens", "ls");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("chmod 600");
    }

    @Test
    void createPrintsTheNewToken() {
        gateway.on("POST /api/v1/tokens", 201, "{\"token\":\"ty_new\",\"id\":\"0123456789abcdef\"}");

        CommandLineRun run = CommandLineRun.at(
                gateway, "tokens", "create", "ci", "--role", "submitter", "--expires-in", "P1D", "--scope", "submit");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().strip()).isEqualTo("ty_new");
        assertThat(gateway.request("POST /api/v1/tokens").text().replaceAll("\\s", ""))
                .isEqualTo("{\"name\":\"ci\",\"role\":\"submitter\",\"expires_in\":\"P1D\",\"scopes\":[\"submit\"]}");
    }

    @Test
    void theProjectIsSentWithTheRequestAndGivenToTheNewToken() {
        gateway.on("POST /api/v1/tokens", 201, "{\"token\":\"ty_new\",\"id\":\"0123456789abcdef\"}");

        CommandLineRun run =
                CommandLineRun.at(gateway, "tokens", "create", "ci", "--role", "viewer", "--project", "vision");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(gateway.request("POST /api/v1/tokens").headers().getFirst("Trainyard-Project"))
                .isEqualTo("vision");
        assertThat(gateway.request("POST /api/v1/tokens").text()).contains("\"project\"", "\"vision\"");
        assertThat(CommandLineRun.at(gateway, "tokens", "ls", "--project", "No Name")
                        .exitCode())
                .isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void setChangesOnlyTheQuotasThatAreNamed() {
        gateway.on(
                "GET /api/v1/projects",
                200,
                "{\"projects\":[{\"name\":\"vision\",\"weight\":3,\"max_queued\":9,\"max_running\":null}]}");
        gateway.on("PUT /api/v1/projects/vision", 200, "{}");

        CommandLineRun run =
                CommandLineRun.at(gateway, "projects", "set", "vision", "--max-running", "2", "--max-queued", "none");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(gateway.request("PUT /api/v1/projects/vision").text().replaceAll("\\s", ""))
                .contains("\"weight\":3", "\"max_running\":2")
                .doesNotContain("max_queued");
    }

    @Test
    void revokeNeedsAnId() {
        gateway.on("DELETE /api/v1/tokens/0123456789abcdef", 204, "");

        assertThat(CommandLineRun.at(gateway, "tokens", "revoke", "0123456789abcdef")
                        .exitCode())
                .isZero();
        assertThat(CommandLineRun.at(gateway, "tokens", "revoke", "ci").exitCode())
                .isEqualTo(ExitCodes.USAGE);
    }
}
