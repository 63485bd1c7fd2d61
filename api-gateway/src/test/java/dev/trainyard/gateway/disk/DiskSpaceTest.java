package dev.trainyard.gateway.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thresholds of free space, on the disk of this machine. */
class DiskSpaceTest {
    @TempDir
    Path folder;

    @Test
    void aDiskWithSpaceAcceptsWork() {
        DiskSpace disk = new DiskSpace(List.of(folder.resolve("not/yet/there")), thresholds(1, 2));
        assertThat(disk.shortage()).isEmpty();
        disk.require();
        assertThat(disk.state().disks()).hasSize(1);
        assertThat(disk.state().leastFree()).isPositive();
    }

    @Test
    void belowTheLowThresholdNewWorkIsRejectedWithTheFigures() {
        DiskSpace disk = new DiskSpace(List.of(folder), thresholds(Long.MAX_VALUE - 1, Long.MAX_VALUE));
        assertThat(disk.state().refusing()).isTrue();
        assertThatThrownBy(disk::require).isInstanceOfSatisfying(ProblemException.class, problem -> {
            assertThat(problem.type().status()).isEqualTo(507);
            assertThat(problem.getMessage())
                    .contains("bytes free", "9,223,372,036,854,775,806", "continue", "TRAINYARD_DISK_ACCEPT_ABOVE");
            assertThat(problem.retryAfter()).isPositive();
        });
    }

    @Test
    void workIsAcceptedAgainOnlyAboveTheHighThreshold() {
        AtomicLong free = new AtomicLong(100);
        DiskSpace disk = new DiskSpace(
                () -> List.of(new DiskSpace.Disk("full", free.get(), 1_000), new DiskSpace.Disk("other", 900, 1_000)),
                Duration.ZERO,
                thresholds(100, 200));
        assertThat(disk.shortage()).as("at the threshold").isEmpty();
        free.set(99);
        assertThat(disk.shortage()).as("below it").isPresent();
        free.set(199);
        assertThat(disk.shortage()).as("between the two, from below").isPresent();
        free.set(200);
        assertThat(disk.shortage()).as("at the higher threshold").isEmpty();
        free.set(150);
        assertThat(disk.shortage()).as("between the two, from above").isEmpty();
    }

    /** With the default thresholds a disk of 1 GiB would refuse all work forever. */
    @Test
    void theThresholdsOfASmallDiskAreAShareOfItsSize() {
        AtomicLong free = new AtomicLong(100);
        DiskSpace disk = new DiskSpace(
                () -> List.of(
                        new DiskSpace.Disk("small", free.get(), 1_000), new DiskSpace.Disk("large", 900, 100_000)),
                Duration.ZERO,
                new DiskSpace.Thresholds(500, 750, 10));
        assertThat(disk.shortage()).as("at a tenth").isEmpty();
        assertThat(disk.state().refuseBelow()).isEqualTo(100);
        free.set(99);
        assertThat(disk.shortage()).get().asString().contains("small", "99 bytes", "below 100", "from 150");
        assertThat(disk.state().refusing()).isTrue();
        free.set(149);
        assertThat(disk.shortage()).isPresent();
        free.set(150);
        assertThat(disk.shortage()).isEmpty();
        assertThat(new DiskSpace.Thresholds(500, 750, 90).acceptAbove(new DiskSpace.Disk("x", 0, 100)))
                .as("it is never all of a disk")
                .isEqualTo(95);
    }

    @Test
    void theRootFolderIsSupported() {
        assertThat(new DiskSpace(List.of(Path.of("/")), thresholds(1, 2))
                        .state()
                        .disks())
                .singleElement()
                .satisfies(disk -> {
                    assertThat(disk.folder()).isEqualTo("/");
                    assertThat(disk.total()).isPositive();
                });
    }

    @Test
    void workIsAcceptedIfTheDiskCannotBeMeasured() {
        DiskSpace disk = new DiskSpace(
                DiskSpace.measuring(List.of(folder), present -> {
                    throw new IOException("mount point not found");
                }),
                Duration.ZERO,
                thresholds(100, 200));
        disk.require();
        assertThat(disk.state().disks()).isEmpty();
    }

    @Test
    void thresholdsInTheWrongOrderAreRejectedAtTheStart() {
        assertThatThrownBy(() -> thresholds(2, 1)).hasMessageContaining("trainyard.disk.accept-above");
    }

    /** Thresholds that are not reduced on a small disk. */
    private static DiskSpace.Thresholds thresholds(long refuseBelow, long acceptAbove) {
        return new DiskSpace.Thresholds(refuseBelow, acceptAbove, 100);
    }
}
