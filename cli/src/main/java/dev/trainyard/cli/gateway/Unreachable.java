package dev.trainyard.cli.gateway;

import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;

/** What it means that no answer came, or one that no gateway gives. */
final class Unreachable {
    private Unreachable() {}

    static CommandFailure failure(String server, IOException e) {
        if (e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)) {
            return new CommandFailure(
                    ExitCodes.TIMEOUT,
                    "The gateway at %s took the request and did not answer it in time.".formatted(server),
                    "./trainyard doctor tells what it waits for.");
        }
        if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
            return new CommandFailure(
                    ExitCodes.UNREACHABLE,
                    "No gateway answers at %s: %s.".formatted(server, reason(e)),
                    "Start one with ./trainyard up, or name another with --server or TRAINYARD_SERVER.");
        }
        return new CommandFailure(
                ExitCodes.UNREACHABLE,
                "The gateway at %s broke off: %s.".formatted(server, reason(e)),
                "Try again; ./trainyard doctor tells how it is.");
    }

    /** @param why it cannot be one */
    static CommandFailure noGateway(String server, String why) {
        return new CommandFailure(
                ExitCodes.UNREACHABLE,
                "What answers at %s is no Trainyard gateway: %s.".formatted(server, why),
                "Look at --server and TRAINYARD_SERVER.");
    }

    /** The outermost sentence that says something. */
    static String reason(Throwable e) {
        String otherwise = e.getClass().getSimpleName();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "there is no host of that name";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "it could not be reached in time";
            }
            if (cause instanceof ConnectException && cause.getMessage() == null) {
                otherwise = "connection refused";
            } else if (cause.getMessage() != null && !(cause instanceof CompletionException)) {
                return cause.getMessage();
            }
        }
        return otherwise;
    }
}
