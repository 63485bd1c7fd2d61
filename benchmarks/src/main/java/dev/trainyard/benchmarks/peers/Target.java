package dev.trainyard.benchmarks.peers;

import dev.trainyard.benchmarks.load.HttpConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** A server, and the request for one prediction: an image as a multipart form. */
record Target(String title, int port, String path, byte[] png, Histogram latencies, List<Double> rates) {
    private static final String BOUNDARY = "----trainyard-benchmark";
    private static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;
    private static final Pattern EIGHT = Pattern.compile("\"prediction\"\\s*:\\s*8\\b");

    byte[] request() {
        return HttpConnection.post(path, TYPE, form());
    }

    private byte[] form() {
        byte[] head = ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"8.png\"\r\n"
                        + "Content-Type: image/png\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] tail = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] form = new byte[head.length + png.length + tail.length];
        System.arraycopy(head, 0, form, 0, head.length);
        System.arraycopy(png, 0, form, head.length, png.length);
        System.arraycopy(tail, 0, form, head.length + png.length, tail.length);
        return form;
    }

    /** A server that answers something else would be compared with work that it does not do. */
    void requireEight() throws IOException, InterruptedException {
        HttpRequest once = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", TYPE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form()))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(once, HttpResponse.BodyHandlers.ofString())
                .body();
        if (!EIGHT.matcher(answer).find()) {
            throw new IOException("%s does not recognise the 8: %s".formatted(title, answer));
        }
    }

    /** Adds the latencies of {@code count} requests of one client. */
    void measure(HttpConnection connection, int count) throws IOException {
        byte[] request = request();
        for (int i = 0; i < count; i++) {
            long started = System.nanoTime();
            int status = connection.send(request);
            if (status != 200) {
                throw new IOException("%s answered a prediction with %d".formatted(title, status));
            }
            latencies.recordValue(System.nanoTime() - started);
        }
    }

    double p50() {
        return latencies.getValueAtPercentile(50) / 1e6;
    }
}
