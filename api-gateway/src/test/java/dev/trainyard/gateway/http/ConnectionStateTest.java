package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionStateTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ConnectionState state = ConnectionState.of(channel);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** A response is written long before a slow client has read it. */
    @Test
    void aConnectionIsNotIdleBeforeItsResponseIsRead() {
        state.requestStarted();
        channel.write(Unpooled.wrappedBuffer(new byte[1_000]));
        state.requestEnded();
        long now = System.nanoTime() + MINUTE;
        assertThat(state.idleNanos(now)).isZero();
        receive();
        assertThat(state.headNanos(now)).isZero();
        channel.flush();
        assertThat(state.idleNanos(now + MINUTE)).isEqualTo(MINUTE);
        assertThat(state.headNanos(now + MINUTE)).isEqualTo(MINUTE);
    }

    @Test
    void headTimeStartsWithTheFirstBytes() {
        long later = System.nanoTime() + MINUTE;
        assertThat(state.headNanos(later)).as("before anything was sent").isZero();
        assertThat(state.idleNanos(later)).isGreaterThanOrEqualTo(MINUTE);
        receive();
        assertThat(state.headNanos(later)).isPositive();
        state.bodyReceived();
        assertThat(state.headNanos(later)).as("what came was a body").isZero();
    }

    private void receive() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
    }
}
