package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UploadLimiterTest {
    private final UploadLimiter uploads = new UploadLimiter(3, 2);
    private final List<Upload> madeRoom = new ArrayList<>();

    private final class Upload implements UploadLimiter.Upload {
        private final long startedAt;

        Upload(int second) {
            this.startedAt = TimeUnit.SECONDS.toNanos(second);
        }

        @Override
        public long startedAt() {
            return startedAt;
        }

        @Override
        public void cancel() {
            madeRoom.add(this);
        }
    }

    @Test
    void theOldestUploadOfAClientIsCancelledForItsNext() {
        Upload slow = new Upload(0);
        assertThat(uploads.begin("a", slow)).isTrue();
        assertThat(uploads.begin("a", new Upload(1))).isTrue();
        assertThat(uploads.begin("a", new Upload(9))).isTrue();
        assertThat(madeRoom).containsExactly(slow);
        assertThat(uploads.open()).isEqualTo(2);
        uploads.end(slow);
        assertThat(uploads.open()).as("its queue position is gone").isEqualTo(2);
    }

    @Test
    void tooManyNewUploadsAreRejected() {
        assertThat(uploads.begin("a", new Upload(5))).isTrue();
        assertThat(uploads.begin("a", new Upload(5))).isTrue();
        assertThat(uploads.begin("a", new Upload(5))).isFalse();
        assertThat(uploads.begin("b", new Upload(5))).isTrue();
        assertThat(uploads.begin("c", new Upload(5))).isFalse();
        assertThat(madeRoom).isEmpty();
        assertThat(uploads.begin("c", new Upload(7))).isTrue();
        assertThat(madeRoom).hasSize(1);
    }
}
