package dev.trainyard.gateway.disk;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether the disks have room for new work. New work is refused below one limit and accepted again above a
 * higher one. Running work continues, because it needs the remaining space.
 */
public final class DiskSpace {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(60);

    private final Supplier<List<Disk>> disks;
    private final long ageNanos;
    private final long refuseBelow;
    private final long acceptAbove;
    private List<Disk> known;
    private long measuredAt;
    private boolean refusing;

    /**
     * @param folders whose disks are watched; for one that does not exist, its nearest existing parent is used
     * @param refuseBelow free bytes; 0 refuses nothing
     * @param acceptAbove free bytes on every disk at which work is accepted again
     */
    public DiskSpace(List<Path> folders, long refuseBelow, long acceptAbove) {
        this(() -> folders.stream().map(DiskSpace::measure).toList(), AGE, refuseBelow, acceptAbove);
    }

    /** @param age for which a measurement is reused */
    DiskSpace(Supplier<List<Disk>> disks, Duration age, long refuseBelow, long acceptAbove) {
        if (acceptAbove < refuseBelow) {
            throw new IllegalArgumentException(
                    "trainyard.disk.accept-above (%d bytes) must not be below trainyard.disk.refuse-below (%d bytes)."
                            .formatted(acceptAbove, refuseBelow));
        }
        this.disks = disks;
        this.ageNanos = age.toNanos();
        this.refuseBelow = refuseBelow;
        this.acceptAbove = acceptAbove;
    }

    /** @param free bytes that this process may use */
    public record Disk(String folder, long free, long total) {}

    /** @param refusing whether new work is refused */
    public record State(boolean refusing, long refuseBelow, long acceptAbove, List<Disk> disks) {

        /** Free bytes of the disk with the least space. */
        public long leastFree() {
            return disks.stream().mapToLong(Disk::free).min().orElse(Long.MAX_VALUE);
        }
    }

    /** The state, at most about a second old. */
    public synchronized State state() {
        if (known == null || System.nanoTime() - measuredAt >= ageNanos) {
            known = disks.get();
            measuredAt = System.nanoTime();
            judge(new State(refusing, refuseBelow, acceptAbove, known).leastFree());
        }
        return new State(refusing, refuseBelow, acceptAbove, known);
    }

    private void judge(long free) {
        boolean before = refusing;
        refusing = refusing ? free < acceptAbove : free < refuseBelow;
        if (refusing && !before) {
            LOG.warn("new work is refused: {} bytes are free on a disk, below {}", free, refuseBelow);
        } else if (before && !refusing) {
            LOG.info("new work is taken again: {} bytes are free", free);
        }
    }

    /** The reason why new work is refused, as a sentence; empty while it is accepted. */
    public Optional<String> shortage() {
        State now = state();
        return now.refusing()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "The disk of this platform has %,d bytes free. New work is refused below %,d and taken again "
                                + "from %,d; running jobs and predictions go on. Make room, or wait until old data is "
                                + "deleted.",
                        now.leastFree(),
                        refuseBelow,
                        acceptAbove))
                : Optional.empty();
    }

    /** @throws ProblemException 507 while new work is refused */
    public void require() {
        shortage().ifPresent(DiskSpace::refuse);
    }

    /** @throws ProblemException 507, always */
    public static void refuse(String why) {
        throw new ProblemException(ProblemType.INSUFFICIENT_STORAGE, why, RETRY);
    }

    private static Disk measure(Path folder) {
        Path present = folder.toAbsolutePath().normalize();
        while (!Files.exists(present) && present.getParent() != null) {
            present = present.getParent();
        }
        return new Disk(
                folder.getFileName().toString(),
                present.toFile().getUsableSpace(),
                present.toFile().getTotalSpace());
    }
}
