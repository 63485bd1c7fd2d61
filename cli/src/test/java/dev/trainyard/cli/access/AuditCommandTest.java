package dev.trainyard.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.error.ExitCodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AuditCommandTest {
    private static final String ENTRY = """
            {"id":7,"at":"2026-01-31T08:00:00Z","actor":{"kind":"token","name":"ci","id":"0123456789abcdef"},
            "address":"192.0.2.7","request_id":"r","action":"job.cancel","object":{"kind":"job","id":"6f1c"},
            "project":"default","detail":{}}""";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void listsChangesWithFilters() {
        gateway.on(
                "GET /api/v1/audit?action=job.cancel&since=2026-01-31T08%3A00%3A00%2B01%3A00&limit=1",
                200, "{\"entries\":[" + ENTRY + "],\"next_cursor\":\"x\"}");

        CommandLineRun run = CommandLineRun.at(
                gateway, "audit", "--action", "job.cancel", "--since", "2026-01-31T08:00:00+01:00", "--limit", "1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("TIME", "2026-01-31T08:00:00Z", "ci", "job.cancel", "job 6f1c", "default", "192.0.2.7");
        assertThat(run.err()).contains("--all");
    }

    @Test
    void printsJson() {
        gateway.on("GET /api/v1/audit?limit=20", 200, "{\"entries\":[" + ENTRY + "],\"next_cursor\":null}");

        CommandLineRun run = CommandLineRun.at(gateway, "--json", "audit");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("\"entries\"", "\"0123456789abcdef\"", "\"more\"");
    }

    @Test
    void theProjectOfTheCommandIsAFilter() {
        gateway.on("GET /api/v1/audit?project=team-a&limit=20", 200, "{\"entries\":[],\"next_cursor\":null}");

        CommandLineRun run = CommandLineRun.at(gateway, "audit", "--project", "team-a");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("No matching changes");
    }

    @Test
    void theErrorOfTheGatewayIsShown() {
        gateway.on("GET /api/v1/audit?limit=20", 403, "{\"detail\":\"The access token has no permission.\"}");

        CommandLineRun run = CommandLineRun.at(gateway, "audit");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("no permission");
    }
}
