package dev.trainyard.benchmarks.hostile;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of {@link HostileImagesBenchmark}.
 *
 * @param count number of images
 * @param url of a running gateway on this machine; null to start a platform
 * @param clients connections, each with one request at a time
 * @param seed of the first image; the next ones count up
 */
record HostileOptions(long count, @Nullable URI url, int clients, long seed) {
    static final String HELP = """
            benchmarks/run hostile [--count N] [--url http://127.0.0.1:PORT] [--clients N] [--seed N]

            Sends N damaged and malicious PNGs (default 1000000, seeds from 0 on) over --clients connections (default
            32) to the gateway at --url, or to a platform that it starts, and a valid one after every hundred. Exit
            status 1 if a request got a 5xx status or no response, if a process was restarted (checked on a started
            platform only), or if a valid image was not predicted.
            """;

    /** @throws IllegalArgumentException with a message for the user */
    static HostileOptions parse(List<String> arguments) {
        long count = 1_000_000;
        @Nullable URI url = null;
        int clients = 32;
        long seed = 0;
        for (int i = 0; i < arguments.size(); i += 2) {
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(arguments.get(i) + " needs a value.");
            }
            String value = arguments.get(i + 1);
            switch (arguments.get(i)) {
                case "--count" -> count = Long.parseLong(value);
                case "--url" -> url = URI.create(value);
                case "--clients" -> clients = Integer.parseInt(value);
                case "--seed" -> seed = Long.parseLong(value);
                default -> throw new IllegalArgumentException("There is no option " + arguments.get(i) + ".");
            }
        }
        if (url != null && (url.getPort() < 0 || !url.getHost().equals("127.0.0.1"))) {
            throw new IllegalArgumentException(
                    "--url is http://127.0.0.1:PORT; only a gateway on this machine may be attacked.");
        }
        return new HostileOptions(count, url, clients, seed);
    }
}
