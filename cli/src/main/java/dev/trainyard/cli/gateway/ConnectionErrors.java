package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;

/** Turns a missing answer, or one that no gateway gives, into a {@link CommandException}. */
final class ConnectionErrors {
    private ConnectionErrors() {}

    static CommandException failure(String server, IOException e, Deadline deadline) {
        boolean late = deadline.hasPassed();
        if (e instanceof SocketTimeoutException || e instanceof ConnectionFailedException && late) {
            return new CommandException(
                    ExitCodes.TIMEOUT,
                    late
                            ? "The gateway at " + server + " did not answer within " + seconds(deadline) + " s."
                            : "The gateway at " + server + " accepted the request but did not answer in time.",
                    "./trainyard doctor shows the state of the platform.");
        }
        if (e instanceof ConnectionFailedException) {
            return new CommandException(
                    ExitCodes.UNREACHABLE,
                    "No gateway answers at " + server + ": " + reason(e) + ".",
                    LocalPlatforms.at(server)
                            .map(platform -> "./trainyard up is starting a gateway there; its logs are in "
                                    + platform.dataDir().resolve("log") + ".")
                            .orElse(
                                    "Start one with ./trainyard up, or name another with --server or TRAINYARD_SERVER."));
        }
        return new CommandException(
                ExitCodes.UNREACHABLE,
                "The connection to the gateway at " + server + " failed: " + reason(e) + ".",
                "Try again; ./trainyard doctor shows its state.");
    }

    private static long seconds(Deadline deadline) {
        return deadline.duration().toSeconds();
    }

    /** @param why the server cannot be a gateway */
    static CommandException noGateway(String server, String why) {
        return new CommandException(
                ExitCodes.UNREACHABLE,
                "The server at %s is not a Trainyard gateway: %s.".formatted(server, why),
                "Check --server and TRAINYARD_SERVER.");
    }

    /** Describes the cause of {@code e} for an error message. */
    static String reason(IOException e) {
        Throwable cause = e instanceof ConnectionFailedException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof SocketTimeoutException) {
            return "connection timed out";
        }
        if (cause.getMessage() == null) {
            return cause.getClass().getSimpleName();
        }
        return cause instanceof ConnectException && cause.getMessage().startsWith("Connection refused")
                ? "connection refused"
                : cause.getMessage();
    }
}
