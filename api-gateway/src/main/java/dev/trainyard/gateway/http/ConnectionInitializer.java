package dev.trainyard.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;

/**
 * Adds {@link UnreadableRequestHandler} to every connection. Vert.x has a handler for unreadable requests ({@code
 * HttpServer.invalidRequestHandler}), but Quarkus creates the server without access to it and refuses some paths before
 * the first handler. Therefore this class adds a handler to the connection pipelines.
 */
@ApplicationScoped
class ConnectionInitializer {
    private static final String NAME = "unreadable-requests";

    private final VertxInternal vertx;

    ConnectionInitializer(Vertx vertx) {
        this.vertx = (VertxInternal) vertx;
    }

    void started(@ObservesAsync HttpServerStart server) {
        watch();
    }

    void started(@ObservesAsync HttpsServerStart server) {
        watch();
    }

    private void watch() {
        for (EventExecutor loop : vertx.getAcceptorEventLoopGroup()) {
            loop.execute(() -> ((SingleThreadEventLoop) loop)
                    .registeredChannelsIterator()
                    .forEachRemaining(ConnectionInitializer::watch));
        }
    }

    private static void watch(Channel channel) {
        if (channel instanceof ServerChannel && channel.pipeline().get(NAME) == null) {
            channel.pipeline().addFirst(NAME, new OnAccept());
        }
    }

    @Sharable
    private static final class OnAccept extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Channel connection) {
                connection.pipeline().addFirst(new OnFirstBytes());
            }
            context.fireChannelRead(message);
        }
    }

    /** Runs after Vert.x has set up the connection and, if it is encrypted, after the TLS handshake. */
    private static final class OnFirstBytes extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ChannelHandlerContext encoder = context.pipeline().context(HttpResponseEncoder.class);
            if (encoder != null) {
                context.pipeline().addAfter(encoder.name(), NAME, new UnreadableRequestHandler());
                context.pipeline().remove(this);
            }
            context.fireChannelRead(message);
        }
    }
}
