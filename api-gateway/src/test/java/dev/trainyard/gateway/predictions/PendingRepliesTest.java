package dev.trainyard.gateway.predictions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Versioned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PendingRepliesTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final PredictReply REPLY =
            new PredictReply(Versioned.CURRENT, new Unavailable(Reason.OVERLOADED, "a reply"));

    private final PendingReplies replies = new PendingReplies();

    @Test
    void repliesTimeOutInTheOrderOfTheirDeadlines() {
        CompletableFuture<PredictReply> last = replies.add(UUID.randomUUID(), LONG);
        CompletableFuture<PredictReply> second = replies.add(UUID.randomUUID(), Duration.ofMillis(60));
        CompletableFuture<PredictReply> first = replies.add(UUID.randomUUID(), Duration.ofMillis(20));
        List<CompletableFuture<PredictReply>> ended = new ArrayList<>();
        CompletableFuture<Void> both = CompletableFuture.allOf(
                first.handle((reply, failure) -> ended.add(first)),
                second.handle((reply, failure) -> ended.add(second)));
        both.join();
        assertThat(ended).containsExactly(first, second);
        assertThatThrownBy(second::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(last).isNotDone();
        await().untilAsserted(() -> assertThat(replies.size()).isEqualTo(1));
    }

    @Test
    void aReplyAddedAfterAllOthersEndedTimesOutToo() {
        CompletableFuture<PredictReply> first = replies.add(UUID.randomUUID(), Duration.ofMillis(1));
        assertThatThrownBy(first::join).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<PredictReply> second = replies.add(UUID.randomUUID(), Duration.ofMillis(1));
        assertThatThrownBy(second::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void anAnsweredReplyIsNotPending() {
        UUID id = UUID.randomUUID();
        CompletableFuture<PredictReply> reply = replies.add(id, LONG);
        assertThat(replies.get(id)).isSameAs(reply);
        reply.complete(REPLY);
        assertThat(replies.get(id)).isNull();
        assertThat(replies.isEmpty()).isTrue();
    }

    @Test
    void allPendingRepliesCanBeFailed() {
        CompletableFuture<PredictReply> one = replies.add(UUID.randomUUID(), LONG);
        CompletableFuture<PredictReply> other = replies.add(UUID.randomUUID(), LONG);
        replies.failAll(new IllegalStateException("the broker is gone"));
        assertThat(one).isCompletedExceptionally();
        assertThat(other).isCompletedExceptionally();
        assertThat(replies.isEmpty()).isTrue();
    }
}
