package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.EarlyProblem;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.problem.RequestId;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A handler for one connection. It answers requests that cannot be read, and those rejected before the first handler,
 * with a problem; Vert.x and Quarkus would answer with an empty body. A rejected request is answered in order and is
 * the last one of the connection, because it is unknown where the next one begins.
 */
final class UnreadableRequestHandler extends ChannelDuplexHandler {
    private static final int LINGER_SECONDS = 2;
    /** Time for the answers before a rejection, because a stream before it may never end. */
    private static final int TURN_SECONDS = 5;
    /** Requests that may be sent without waiting for answers; each takes memory until the one before is answered. */
    static final int MAX_UNANSWERED = 64;

    private final Deque<RequestHead> unanswered = new ArrayDeque<>();
    /** True while the oldest of them is being answered. */
    private boolean answering;
    /** The rejection, which waits until all earlier requests are answered. */
    private @Nullable FullHttpResponse pendingRejection;

    private boolean rejected;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (rejected || pendingRejection != null) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpContent) {
            ConnectionState.of(context.channel()).bodyReceived();
        }
        if (message instanceof HttpRequest request) {
            RequestHead head = RequestHead.of(request);
            EarlyProblem problem = head.rejection(request).orElse(null);
            if (problem != null) {
                ReferenceCountUtil.release(message);
                reject(context, response(head, problem));
                return;
            }
            if (unanswered.size() >= MAX_UNANSWERED) {
                ReferenceCountUtil.release(message);
                reject(context, response(head, tooMany(head)));
                return;
            }
            RequestHead.replaceAsteriskTarget(request);
            unanswered.add(head);
        } else if (isBrokenBody(message) && unanswered.size() == 1 && !answering) {
            RequestHead head = unanswered.remove();
            reject(
                    context,
                    response(
                            head,
                            head.problem(
                                    ProblemType.MALFORMED_REQUEST,
                                    "The body is not chunked as Transfer-Encoding says it is.")));
        }
        context.fireChannelRead(message); // also for a broken body, so that its reader is notified
    }

    private static boolean isBrokenBody(Object message) {
        return message instanceof HttpObject part && part.decoderResult().isFailure();
    }

    private static EarlyProblem tooMany(RequestHead head) {
        return head.problem(
                ProblemType.TOO_MANY_REQUESTS,
                "More than %d requests of this connection are unanswered; wait for answers before sending more."
                        .formatted(MAX_UNANSWERED));
    }

    private void reject(ChannelHandlerContext context, FullHttpResponse response) {
        pendingRejection = response;
        sendIfNext(context);
        if (pendingRejection != null) {
            Channel channel = context.channel();
            channel.config().setAutoRead(false);
            channel.eventLoop().schedule(() -> closeUnlessRejected(channel), TURN_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void closeUnlessRejected(Channel channel) {
        if (!rejected && channel.isOpen()) {
            ConnectionState.of(channel).close();
        }
    }

    private void sendIfNext(ChannelHandlerContext context) {
        if (pendingRejection != null && unanswered.isEmpty()) {
            rejected = true;
            context.writeAndFlush(pendingRejection).addListener(sent -> closeSlowly(context.channel()));
            pendingRejection = null;
            context.channel().config().setAutoRead(true); // further input is dropped
        }
    }

    /** Closing with unread bytes would reset the connection, and the client might lose the answer. */
    private static void closeSlowly(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (rejected) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        if (message instanceof HttpResponse response && isInformational(response)) {
            context.write(message, promise);
            return;
        }
        answering = true;
        Object answer = message;
        if (message instanceof FullHttpResponse whole && !unanswered.isEmpty() && isEmptyError(whole)) {
            answer = withProblem(unanswered.peek(), whole);
        }
        context.write(answer, promise);
        if (message instanceof LastHttpContent) {
            answering = false;
            unanswered.poll();
            sendIfNext(context);
        }
    }

    private static boolean isInformational(HttpResponse response) {
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private boolean isEmptyError(FullHttpResponse response) {
        return response.status().code() >= 400
                && !response.content().isReadable()
                && !response.headers().contains(HttpHeaderNames.CONTENT_TYPE)
                && !HttpMethod.HEAD.equals(unanswered.peek().method());
    }

    private static FullHttpResponse withProblem(RequestHead head, FullHttpResponse empty) {
        ProblemType type = ProblemType.ofStatus(empty.status().code());
        FullHttpResponse response = response(head, head.problem(type, type.advice()));
        response.setStatus(empty.status());
        empty.headers().forEach(header -> {
            if (!response.headers().contains(header.getKey())) {
                response.headers().add(header.getKey(), header.getValue());
            }
        });
        String connection = empty.headers().get(HttpHeaderNames.CONNECTION);
        if (connection == null) {
            response.headers().remove(HttpHeaderNames.CONNECTION);
        } else {
            response.headers().set(HttpHeaderNames.CONNECTION, connection);
        }
        empty.release();
        return response;
    }

    private static FullHttpResponse response(RequestHead head, EarlyProblem problem) {
        boolean bodiless = HttpMethod.HEAD.equals(head.method());
        HeadersMultiMap headers = HeadersMultiMap.httpHeaders();
        SecurityHeaders.addTo(headers);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(problem.status()),
                bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(problem.body()),
                headers,
                HeadersMultiMap.httpHeaders());
        headers.set(HttpHeaderNames.CONTENT_TYPE, problem.mediaType());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(problem.body().length));
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        headers.set(RequestId.HEADER, problem.requestId());
        return response;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ReferenceCountUtil.release(pendingRejection);
    }
}
