package dev.trainyard.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Name of a worker, for display. */
public final class WorkerName {
    private WorkerName() {}

    /** The configured name; by default host name and process id, or {@code kind} and process id without a host name. */
    public static String of(WorkerSettings settings, String kind) {
        return settings.worker()
                .name()
                .orElseGet(() -> host(kind) + "-" + ProcessHandle.current().pid());
    }

    private static String host(String kind) {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return kind;
        }
    }
}
