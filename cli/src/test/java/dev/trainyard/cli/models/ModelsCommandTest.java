package dev.trainyard.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest {
    private static final String MODEL = "/api/v1/models/DigitModel";
    private static final String VERSION = """
            {"name":"DigitModel","version":2,"aliases":["canary","production"],"job_key":null,"created_at":null,
             "metrics":{"train":{"accuracy":0.99},"test":{"accuracy":0.9812}},"onnx_size":1234567,"onnx_sha256":"ab",
             "lineage":{"network":"mlp","seed":42,"engine":"DL4J","config":{"network":"mlp"}}}""";
    private static final String WHOLE = """
            {"name":"DigitModel","production":2,"aliases":[{"alias":"production","version":2,"set_at":"x"}],
             "route":{"canary_share":0.1},"moves":[{"alias":"production","from":1,"to":2,"reason":"promoted","at":"x"}],
             "models":[%s]}""".formatted(VERSION);

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @TempDir
    Path folder;

    @Test
    void listsVersions() {
        gateway.on("GET /api/v1/models?order=newest&name=DigitModel&limit=20", 200, "{\"models\":[" + VERSION + "]}");
        CommandLineRun run = CommandLineRun.at(gateway, "models", "ls", "--name", "DigitModel");
        assertThat(run.out()).containsPattern("DigitModel +2 +canary,production +98.12 % +99.00 % +- +-");
    }

    @Test
    void showsAModelOrAVersion() {
        gateway.on("GET " + MODEL, 200, WHOLE).on("GET " + MODEL + "/versions/2", 200, VERSION);
        assertThat(CommandLineRun.at(gateway, "models", "show").out())
                .containsPattern("production +version 2")
                .containsPattern("Canary share +10.00 %")
                .containsPattern("x +production +1 +2 +promoted");
        assertThat(CommandLineRun.at(gateway, "models", "show", "DigitModel", "2")
                        .out())
                .containsPattern("Seed +42")
                .contains("1,234,567 bytes");
        assertThat(CommandLineRun.at(gateway, "models", "show", "None").exitCode())
                .isEqualTo(3);
    }

    @Test
    void promotesAndRollsBack() {
        gateway.on("POST " + MODEL + "/versions/2/promote?alias=production", 200, WHOLE)
                .on("POST " + MODEL + "/rollback?alias=production", 200, WHOLE)
                .on("POST " + MODEL + "/rollback?alias=best", 409, "{\"detail\":\"There is nothing before.\"}");
        assertThat(CommandLineRun.at(gateway, "models", "promote", "DigitModel", "2")
                        .out())
                .isEqualTo("production of DigitModel is version 2.%n".formatted());
        assertThat(CommandLineRun.at(gateway, "models", "rollback").exitCode()).isZero();
        CommandLineRun refused = CommandLineRun.at(gateway, "models", "rollback", "--alias", "best");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).isEqualTo("error: There is nothing before.%n".formatted());
    }

    @Test
    void deletesAndRetiresOnlyAfterConfirmation() {
        gateway.on("DELETE " + MODEL, 204, "")
                .on("DELETE " + MODEL + "/versions/2", 409, "{\"detail\":\"production points to it.\"}")
                .on("DELETE " + MODEL + "/aliases/production", 204, "");
        for (String[] words :
                new String[][] {{"rm", "DigitModel"}, {"rm", "DigitModel", "2"}, {"retire", "DigitModel"}}) {
            CommandLineRun run = CommandLineRun.at(gateway, models(words));
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("needs confirmation", "--yes");
        }
        assertThat(gateway.requestLines()).isEmpty();

        assertThat(CommandLineRun.at(gateway, "models", "rm", "DigitModel", "--yes")
                        .out())
                .isEqualTo("DigitModel is deleted.%n".formatted());
        assertThat(CommandLineRun.at(gateway, "models", "retire", "DigitModel", "--yes")
                        .out())
                .contains("DigitModel is retired");
        CommandLineRun refused = CommandLineRun.at(gateway, "models", "rm", "DigitModel", "2", "--yes");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("production points to it.");
        assertThat(CommandLineRun.at(gateway, "models", "rm", "None", "--yes").exitCode())
                .isEqualTo(3);
        assertThat(CommandLineRun.at(gateway, "models", "rm", "DigitModel", "--yes", "--json")
                        .out())
                .contains("\"deleted\"");
    }

    private static String[] models(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "models";
        System.arraycopy(words, 0, all, 1, words.length);
        return all;
    }

    @Test
    void showsAQuarantineAndReleasesIt() {
        String quarantined = VERSION.replace(
                "\"onnx_size\"",
                "\"quarantine\":{\"predictor\":\"predictor-1\",\"cause\":\"SIGFPE\",\"at\":\"x\"},\"onnx_size\"");
        gateway.on("GET " + MODEL + "/versions/2", 200, quarantined)
                .on("POST " + MODEL + "/versions/2/release-quarantine", 200, WHOLE);
        assertThat(CommandLineRun.at(gateway, "models", "show", "DigitModel", "2")
                        .out())
                .containsPattern("Quarantine +predictor-1 crashed with SIGFPE at x");
        assertThat(CommandLineRun.at(gateway, "models", "release", "DigitModel", "2")
                        .out())
                .contains("may load version 2 of DigitModel again");
    }

    @Test
    void aDownloadIsStoredOnlyIfItsDigestMatches() throws Exception {
        byte[] onnx = "the model".getBytes(StandardCharsets.UTF_8);
        String sha256 = sha256(onnx);
        gateway.on("GET " + MODEL, 200, WHOLE)
                .on("GET " + MODEL + "/versions/2/model.onnx", 200, onnx, "ETag", '"' + sha256 + '"')
                .on("GET " + MODEL + "/versions/1/model.onnx", 200, new byte[3], "ETag", '"' + sha256 + '"');
        Path file = folder.resolve("m.onnx");
        CommandLineRun run = CommandLineRun.at(gateway, "models", "download", "-o", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(file).hasBinaryContent(onnx);
        Path damaged = folder.resolve("d.onnx");
        run = CommandLineRun.at(gateway, "models", "download", "DigitModel", "1", "-o", damaged.toString());
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("damaged");
        assertThat(folder.toFile().list()).containsExactly("m.onnx");
        assertThat(Files.exists(damaged)).isFalse();
    }

    @Test
    void aDownloadIntoAFolderOrPipeDoesNotReplaceIt() throws Exception {
        byte[] onnx = "the model".getBytes(StandardCharsets.UTF_8);
        String sha256 = sha256(onnx);
        gateway.on("GET " + MODEL + "/versions/1/model.onnx", 200, onnx, "ETag", '"' + sha256 + '"');
        CommandLineRun run =
                CommandLineRun.at(gateway, "models", "download", "DigitModel", "1", "-o", folder.toString());
        assertThat(run.out()).isEqualTo(folder.resolve("DigitModel-1.onnx") + System.lineSeparator());
        assertThat(folder.resolve("DigitModel-1.onnx")).hasBinaryContent(onnx);

        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        CommandLineRun.at(gateway, "models", "download", "DigitModel", "1", "-o", pipe.toString());
        if (!reader.waitFor(20, TimeUnit.SECONDS)) {
            reader.destroyForcibly();
        }
        assertThat(reader.getInputStream().readAllBytes()).isEqualTo(onnx);
    }

    @Test
    void aDownloadMayBeLargerThanTheHeap() throws Exception {
        byte[] onnx = new byte[48 << 20];
        new Random(7).nextBytes(onnx);
        gateway.on("GET " + MODEL + "/versions/1/model.onnx", 200, onnx, "ETag", '"' + sha256(onnx) + '"');
        Path file = folder.resolve("large.onnx");
        String[] words =
                CommandLineRun.with(gateway, "models", "download", "DigitModel", "1", "--json", "-o", file.toString());
        try (ClientProcess client = ClientProcess.start(List.of("-Xmx24m"), words)) {
            CommandLineRun run = client.awaitEnd();
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(Json.read(run.out()).orElseThrow().path("size").asInt()).isEqualTo(onnx.length);
        }
        assertThat(Files.mismatch(file, Files.write(folder.resolve("same"), onnx)))
                .isEqualTo(-1);
    }

    @Test
    void aTruncatedOrInterruptedDownloadLeavesNoFile() throws Exception {
        gateway.streamAndHoldOn("GET " + MODEL + "/versions/1/model.onnx", "the beginning");
        Path file = folder.resolve("half.onnx");
        try (WatchService changes = FileSystems.getDefault().newWatchService()) {
            folder.register(changes, StandardWatchEventKinds.ENTRY_CREATE);
            try (ClientProcess client =
                    ClientProcess.start(gateway, "models", "download", "DigitModel", "1", "-o", file.toString())) {
                next(changes);
                assertThat(folder).isNotEmptyDirectory();
                assertThat(client.terminate().awaitEnd().exitCode()).isEqualTo(143);
                assertThat(folder).isEmptyDirectory();
            }
            try (ClientProcess client =
                    ClientProcess.start(gateway, "models", "download", "DigitModel", "1", "-o", file.toString())) {
                next(changes);
                gateway.stop(); // breaks the connection
                CommandLineRun run = client.awaitEnd();
                assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
                assertThat(run.err()).contains("The connection to the gateway");
                assertThat(folder).isEmptyDirectory();
            }
        }
    }

    private static void next(WatchService changes) throws InterruptedException {
        WatchKey change = changes.take();
        change.pollEvents();
        change.reset();
    }

    @Test
    void aDownloadToStandardOutputIsVerifiedFirst() throws Exception {
        byte[] onnx = {0, 1, -1, '\n', 2};
        gateway.on("GET " + MODEL + "/versions/1/model.onnx", 200, onnx, "ETag", '"' + sha256(onnx) + '"')
                .on("GET " + MODEL + "/versions/2/model.onnx", 200, onnx, "ETag", "\"ab\"");
        Path out = folder.resolve("out");
        assertThat(toStandardOutput(1, out)).isZero();
        assertThat(out).hasBinaryContent(onnx);
        assertThat(toStandardOutput(2, out)).isEqualTo(4);
        assertThat(out).isEmptyFile();
    }

    private int toStandardOutput(int version, Path out) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.trainyard.cli.Main",
                        "models",
                        "download",
                        "DigitModel",
                        String.valueOf(version),
                        "--output=-",
                        "--server=" + gateway.url())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aDownloadThroughALinkKeepsTheLink() throws Exception {
        byte[] onnx = {1, 2, 3};
        gateway.on("GET " + MODEL + "/versions/1/model.onnx", 200, onnx, "ETag", '"' + sha256(onnx) + '"');
        Path target = Files.writeString(folder.resolve("target.onnx"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), target);
        CommandLineRun run = CommandLineRun.at(gateway, "models", "download", "DigitModel", "1", "-o", link.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(target).hasBinaryContent(onnx);
    }

    @Test
    void anUnwritableTargetIsAUsageError() {
        gateway.on("GET " + MODEL + "/versions/1/model.onnx", 200, new byte[3], "ETag", "\"ab\"");
        String nowhere = folder.resolve("none/m.onnx").toString();
        CommandLineRun run = CommandLineRun.at(gateway, "models", "download", "DigitModel", "1", "-o", nowhere);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains(nowhere + " cannot be written: there is no such folder.")
                .contains("--output");
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
