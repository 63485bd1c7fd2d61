package dev.trainyard.benchmarks.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Sends one request from many clients at a time and counts the answers. */
public final class ManyClients {
    /** Time before the answers are counted. */
    static final int RAMP_UP_SECONDS = 2;

    private ManyClients() {}

    /** @param rate good answers per second */
    public record Load(double rate, long errors) {}

    /** Each client sends its next request when it has the answer to the last. */
    public static Load load(int port, byte[] request, int count, int seconds) throws InterruptedException {
        LongAdder answered = new LongAdder();
        LongAdder errors = new LongAdder();
        AtomicBoolean counting = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        Thread[] clients = new Thread[count];
        for (int i = 0; i < count; i++) {
            clients[i] = new Thread(() -> {
                try (HttpConnection connection = new HttpConnection(port)) {
                    while (!ended.get()) {
                        boolean good = connection.send(request) == 200;
                        if (!good) {
                            errors.increment();
                        } else if (counting.get()) {
                            answered.increment();
                        }
                    }
                } catch (IOException e) {
                    errors.increment();
                }
            });
            clients[i].start();
        }
        TimeUnit.SECONDS.sleep(RAMP_UP_SECONDS);
        counting.set(true);
        long started = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        double rate = answered.sum() / ((System.nanoTime() - started) / 1e9);
        ended.set(true);
        for (Thread client : clients) {
            client.join();
        }
        return new Load(rate, errors.sum());
    }
}
