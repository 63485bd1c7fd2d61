package dev.trainyard.cli.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Colour;
import dev.trainyard.cli.terminal.Console;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code trainyard doctor}: checks this machine and the gateway for problems. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks this machine and the gateway, and suggests fixes.",
        footer = {"", "Exit status 1 if something does not work."})
public final class DoctorCommand implements Callable<Integer> {
    private final CommandContext context;

    public DoctorCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException {
        Path home = Path.of(System.getProperty("trainyard.home", "."))
                .toAbsolutePath()
                .normalize();
        List<CheckResult> checks = new ArrayList<>(new MachineChecks(home, Path.of("/proc"), System::getenv).all());
        checks.addAll(new GatewayChecks(context.gateway(), context.namesServer()).all());
        boolean works = checks.stream().noneMatch(check -> check.state() == CheckResult.State.BROKEN);
        if (context.console().json()) {
            ObjectNode document = Json.object().put("works", works);
            ArrayNode all = document.putArray("checks");
            checks.forEach(check -> all.add(check.toJson()));
            context.console().result(document);
        } else {
            checks.forEach(check -> print(context.console(), check));
        }
        return works ? ExitCodes.SUCCESS : ExitCodes.FAILED;
    }

    private static void print(Console console, CheckResult check) {
        String state =
                switch (check.state()) {
                    case OK -> console.paint(Colour.GREEN, "ok     ");
                    case WARNING -> console.paint(Colour.YELLOW, "warning");
                    case BROKEN -> console.paint(Colour.RED, "broken ");
                };
        console.result("%s  %s: %s".formatted(state, check.name(), check.finding()));
        if (check.advice() != null) {
            console.result("         " + check.advice());
        }
    }
}
