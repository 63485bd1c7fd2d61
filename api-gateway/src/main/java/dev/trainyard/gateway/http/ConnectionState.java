package dev.trainyard.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * State of one connection, as seen by its event loop: serving a request, receiving headers, or waiting for the client
 * to read.
 */
final class ConnectionState extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<ConnectionState> KEY = AttributeKey.valueOf(ConnectionState.class, "state");
    private static final long NEVER = 0;

    private final Channel channel;
    private final String client;
    private int requests;
    private long idleSince = System.nanoTime();
    private long headSince = NEVER;
    private @Nullable Runnable held;
    private boolean inTurn;
    private boolean closing;

    private long waitingSince = NEVER;
    private @Nullable Object waitingMessage;
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

    /** The received data belongs to a body, which may arrive after its request was answered. */
    void bodyReceived() {
        headSince = NEVER;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (requests == 0 && headSince == NEVER) {
            headSince = System.nanoTime();
        }
        context.fireChannelRead(message);
    }

    void requestStarted() {
        requests++;
        headSince = NEVER;
    }

    void requestEnded() {
        requests--;
        idleSince = System.nanoTime();
    }

    /**
     * Runs {@code now} immediately, or {@code later} when the client has read most of the earlier answers. A pipelined
     * request would start inside the answer of the one before it. Deferring it lets requests of other connections take
     * turns, and keeps thousands of them from overflowing the stack.
     */
    void takeTurn(Runnable later, Runnable now) {
        if (closing) {
            return; // the last answer has ended the connection
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

    /** Nanoseconds since the headers of a request began to arrive; 0 while the client still reads an earlier answer. */
    long headNanos(long now) {
        if (requests > 0 || headSince == NEVER) {
            return 0;
        }
        if (isSending()) {
            headSince = now;
        }
        return now - headSince;
    }

    /** Nanoseconds since the client read the last answer, which may be long after it was written. */
    long idleNanos(long now) {
        if (isSending()) {
            idleSince = now;
        }
        return requests > 0 ? 0 : now - idleSince;
    }

    /** Nanoseconds for which the client has read nothing of a pending answer; must be called repeatedly. */
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

    /** Returns true if the client has not read all answers yet. */
    private boolean isSending() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out != null && (out.totalPendingWriteBytes() > 0 || out.current() != null); // a file counts as 0 bytes
    }

    /** Bytes of answers in memory that the client has not read. */
    long pendingBytes() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    /** Closes immediately; Vert.x would first wait until the client has read all data. */
    void close() {
        ChannelHandlerContext first = channel.pipeline().context(this);
        if (first == null) {
            channel.close();
        } else {
            first.close();
        }
    }
}
