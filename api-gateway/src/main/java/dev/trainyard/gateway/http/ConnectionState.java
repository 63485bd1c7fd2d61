package dev.trainyard.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;

/** What one connection does, seen at its event loop: whether a request is served, its head comes, or an answer waits. */
final class ConnectionState extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<ConnectionState> KEY = AttributeKey.valueOf(ConnectionState.class, "state");
    private static final long NEVER = 0;

    private final Channel channel;
    private final String client;
    private int requests;
    private long idleSince = System.nanoTime();
    private long headSince = NEVER;
    private Runnable held;
    private boolean inTurn;
    private boolean closing;

    private long waitingSince = NEVER;
    private Object waitingMessage;
    private long waitingProgress;
    private long waitingBytes;

    private ConnectionState(Channel channel) {
        this.channel = channel;
        this.client = channel.remoteAddress() instanceof InetSocketAddress address && address.getAddress() != null
                ? ClientAddress.of(address.getAddress().getHostAddress())
                : ClientAddress.of((String) null);
    }

    static ConnectionState of(Channel channel) {
        ConnectionState known = channel.attr(KEY).get();
        if (known != null) {
            return known;
        }
        ConnectionState state = new ConnectionState(channel);
        channel.attr(KEY).set(state);
        channel.pipeline().addFirst(state);
        return state;
    }

    /** What was read is no head: bodies may still come when their requests are answered already. */
    void bodyCame() {
        headSince = NEVER;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (requests == 0 && headSince == NEVER) {
            headSince = System.nanoTime();
        }
        context.fireChannelRead(message);
    }

    void requestBegins() {
        requests++;
        headSince = NEVER;
    }

    void requestEnds() {
        requests--;
        idleSince = System.nanoTime();
    }

    /**
     * Runs {@code now} at once, or {@code later} when the client has taken most of the answers before. Requests that were
     * sent without waiting for answers are each begun where the one before was answered; they take turns with those of
     * other connections, and thousands of them do not fill the stack.
     */
    void takeTurn(Runnable later, Runnable now) {
        if (closing) {
            return; // nothing is answered after the answer that ended the connection
        }
        if (!channel.isWritable()) {
            held = later;
        } else if (inTurn) {
            later.run();
        } else {
            inTurn = true;
            try {
                now.run();
            } finally {
                inTurn = false;
            }
        }
    }

    void willClose() {
        closing = true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Runnable next = held;
        if (next != null && channel.isWritable()) {
            held = null;
            next.run();
        }
        context.fireChannelWritabilityChanged();
    }

    boolean isServing() {
        return requests > 0;
    }

    String client() {
        return client;
    }

    /** Nanoseconds for which the head of a request has been coming; not while the answer before it is taken. */
    long headNanos(long now) {
        if (requests > 0 || headSince == NEVER) {
            return 0;
        }
        if (isSending()) {
            headSince = now;
        }
        return now - headSince;
    }

    /** Nanoseconds since the last answer was taken; it is written long before a slow client has read it. */
    long idleNanos(long now) {
        if (isSending()) {
            idleSince = now;
        }
        return requests > 0 ? 0 : now - idleSince;
    }

    /** Nanoseconds for which the client has taken nothing of an answer that waits for it; called again and again. */
    long stuckNanos(long now) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (out == null || held == null && !isSending()) {
            waitingSince = NEVER;
            waitingMessage = null;
            return 0;
        }
        boolean moved = out.current() != waitingMessage
                || out.currentProgress() != waitingProgress
                || out.totalPendingWriteBytes() < waitingBytes;
        if (waitingSince == NEVER || moved) {
            waitingSince = now;
        }
        waitingMessage = out.current();
        waitingProgress = out.currentProgress();
        waitingBytes = out.totalPendingWriteBytes();
        return now - waitingSince;
    }

    /** Whether the client has not taken all of the answers yet. */
    private boolean isSending() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out != null && (out.totalPendingWriteBytes() > 0 || out.current() != null); // files count no bytes
    }

    /** Bytes of answers that wait for the client in memory. */
    long pendingBytes() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    /** At once: Vert.x would first wait until the client has taken what was written. */
    void close() {
        ChannelHandlerContext first = channel.pipeline().context(this);
        if (first == null) {
            channel.close();
        } else {
            first.close();
        }
    }
}
