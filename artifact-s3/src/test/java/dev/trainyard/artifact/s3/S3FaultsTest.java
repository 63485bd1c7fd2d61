package dev.trainyard.artifact.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ArtifactListing.Stored;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.DamagedArtifactException;
import dev.trainyard.artifact.StorageMonitor;
import dev.trainyard.artifact.StorageUnavailableException;
import dev.trainyard.artifact.s3.FaultProxy.Fault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** A store behind a network and a service that fail. */
@Tag("fault")
@Timeout(120)
class S3FaultsTest {
    private static final byte[] BYTES = random(300_000);
    private static final byte[] LARGE = random(11 * 1024 * 1024);
    private static final int ATTEMPTS = 5;
    private static final Predicate<String> GET = request -> request.startsWith("GET ");
    private static final Predicate<String> PUT = request -> request.startsWith("PUT ");

    @TempDir
    Path folder;

    private final S3Location location = S3Location.parse("s3://" + S3MockServer.BUCKET + "/" + UUID.randomUUID());
    private FaultProxy proxy;
    private S3ArtifactStore store;

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void open() throws Exception {
        proxy = new FaultProxy(S3TestServer.endpoint());
        store = new S3ArtifactStore(location, options(proxy.endpoint()), Optional.of(folder), 1 << 20);
    }

    private static S3Options options(URI endpoint) {
        return new S3Options(
                Optional.of(endpoint),
                Optional.empty(),
                true,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(20),
                ATTEMPTS,
                6 * 1024 * 1024,
                5 * 1024 * 1024);
    }

    @AfterEach
    void close() {
        store.close();
        proxy.close();
    }

    @Test
    void slowAnswersAreAwaited() throws Exception {
        proxy.delay(700);
        assertThat(store.read(store.write("x", BYTES))).isEqualTo(BYTES);
    }

    @Test
    void anAnswerThatNeverComesIsAskedForAgain() throws Exception {
        proxy.inject(Fault.SILENCE, 1, PUT);
        assertThat(store.read(store.write("x", BYTES))).isEqualTo(BYTES);
    }

    @Test
    void anOverloadedServiceIsAskedAgain() throws Exception {
        proxy.inject(Fault.SLOW_DOWN, ATTEMPTS - 1, PUT);
        ArtifactRef ref = store.write("x", BYTES);
        proxy.inject(Fault.SLOW_DOWN, ATTEMPTS - 1, GET);
        assertThat(store.read(ref)).isEqualTo(BYTES);
    }

    @Test
    void aServiceThatStaysOverloadedIsUnavailable() throws Exception {
        proxy.inject(Fault.SLOW_DOWN, ATTEMPTS, PUT);
        assertThatThrownBy(() -> store.write("x", BYTES))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessageContaining("answers 503 SlowDown");
        assertThat(proxy.requests()).hasSize(ATTEMPTS);
        assertThat(store.listing().files("")).isEmpty();
    }

    @Test
    void aConnectionCutWithinABodyIsTriedAgain() throws Exception {
        proxy.inject(Fault.CUT_REQUEST, 2, PUT);
        ArtifactRef ref = store.write("x", BYTES);
        proxy.inject(Fault.CUT_RESPONSE, 2, GET);
        assertThat(store.read(ref)).isEqualTo(BYTES);
        proxy.inject(Fault.CUT_RESPONSE, 2, GET);
        assertThat(store.checkedFile(ref)).hasBinaryContent(BYTES);
    }

    /** The second attempt finds the object that the first one wrote. */
    @Test
    void aWriteWhoseAnswerIsLostHasSucceeded() throws Exception {
        proxy.inject(Fault.LOST_RESPONSE, 1, PUT);
        ArtifactRef ref = store.write("x", BYTES);
        assertThat(store.read(ref)).isEqualTo(BYTES);
        proxy.inject(Fault.LOST_RESPONSE, 1, request -> request.startsWith("POST ") && request.contains("uploadId="));
        ArtifactRef large = store.write("large", LARGE);
        assertThat(store.read(large)).isEqualTo(LARGE);
    }

    @Test
    void bytesThatChangeOnTheWayAreSentAgain() throws Exception {
        proxy.inject(Fault.CHANGED_REQUEST, 1, PUT);
        ArtifactRef ref = store.write("x", BYTES);
        proxy.inject(Fault.CHANGED_RESPONSE, 1, GET);
        assertThat(store.read(ref)).isEqualTo(BYTES);
        proxy.inject(Fault.CHANGED_RESPONSE, 2, GET);
        assertThatThrownBy(() -> store.read(ref)).isInstanceOf(DamagedArtifactException.class);
    }

    @Test
    void bytesThatAlwaysChangeAreNotStored() throws Exception {
        proxy.inject(Fault.CHANGED_REQUEST, 100, PUT);
        assertThatThrownBy(() -> store.write("x", BYTES)).isInstanceOf(StorageUnavailableException.class);
        assertThat(store.listing().files("")).isEmpty();
    }

    @Test
    void anUploadThatFailsLeavesNoParts() {
        proxy.inject(Fault.SLOW_DOWN, ATTEMPTS, request -> request.contains("partNumber=2"));
        assertThatThrownBy(() -> store.write("x", LARGE)).isInstanceOf(StorageUnavailableException.class);
        assertThat(proxy.requests())
                .anyMatch(request -> request.startsWith("DELETE ") && request.contains("uploadId="));
        try (S3Client direct = S3Clients.of(options(S3TestServer.endpoint()))) {
            assertThat(direct.listMultipartUploads(
                                    list -> list.bucket(location.bucket()).prefix(location.prefix()))
                            .uploads())
                    .isEmpty();
        }
    }

    @Test
    void aListThatLagsDeletesNothingThatIsNeeded() throws Exception {
        store.write("uploads/deleted", BYTES);
        store.write("uploads/replaced", BYTES);
        List<Stored> listed = store.listing().files("uploads");
        proxy.lag();
        store.delete("uploads/deleted");
        store.delete("uploads/replaced");
        Thread.sleep(1_100); // times of lists are in seconds
        ArtifactRef replaced = store.write("uploads/replaced", BYTES);
        ArtifactRef added = store.write("uploads/new", BYTES);

        List<Stored> lagging = store.listing().files("uploads");
        assertThat(lagging).isEqualTo(listed);
        for (Stored file : lagging) {
            assertThat(store.listing().delete(file)).as(file.path()).isFalse();
        }
        assertThat(store.read(replaced)).isEqualTo(BYTES);
        assertThat(store.read(added)).isEqualTo(BYTES);
    }

    @Test
    void theMonitorTellsAnOutageAndItsEnd() throws Exception {
        StorageMonitor monitor = new StorageMonitor(store);
        proxy.inject(Fault.SLOW_DOWN, ATTEMPTS, request -> request.startsWith("HEAD "));
        monitor.start();
        assertThat(monitor.problem()).contains("answers 503");
        assertThat(monitor.wasReached()).isFalse();
        monitor.check();
        assertThat(monitor.problem()).isNull();
        assertThat(monitor.wasReached()).isTrue();
    }
}
