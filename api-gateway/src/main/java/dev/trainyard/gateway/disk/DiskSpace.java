package dev.trainyard.gateway.disk;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disks have room for new work. Below one mark new work is refused, above a higher one it is taken again.
 * What is under way goes on: it needs the rest.
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
     * @param folders whose disks are watched; one that does not exist yet stands for the folder that it will be made in
     * @param refuseBelow free bytes; 0 refuses nothing
     * @param acceptAbove free bytes of all disks at which work is taken again
     */
    public DiskSpace(List<Path> folders, long refuseBelow, long acceptAbove) {
        this(measuring(folders, Files::getFileStore), AGE, refuseBelow, acceptAbove);
    }

    /** @param age of a measurement that is still good */
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

        /** Of the disk with the least. */
        public long leastFree() {
            return disks.stream().mapToLong(Disk::free).min().orElse(Long.MAX_VALUE);
        }
    }

    /** As of the last second. */
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

    /** Why no new work is taken, as a sentence; empty while it is. */
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

    /** @throws ProblemException 507 while no new work is taken */
    public void require() {
        shortage().ifPresent(DiskSpace::refuse);
    }

    /** @throws ProblemException 507, always */
    public static void refuse(String why) {
        throw new ProblemException(ProblemType.INSUFFICIENT_STORAGE, why, RETRY);
    }

    /** Finds the disk of a folder that exists. */
    interface Stores {
        FileStore of(Path folder) throws IOException;
    }

    /** A disk that cannot be measured is left out: its space is unknown, which is no reason to refuse work. */
    static Supplier<List<Disk>> measuring(List<Path> folders, Stores stores) {
        Set<Path> unknown = ConcurrentHashMap.newKeySet();
        return () -> folders.stream()
                .flatMap(folder -> measure(folder, stores, unknown).stream())
                .toList();
    }

    private static Optional<Disk> measure(Path folder, Stores stores, Set<Path> unknown) {
        Path present = folder.toAbsolutePath().normalize();
        while (!Files.exists(present) && present.getParent() != null) {
            present = present.getParent();
        }
        try {
            FileStore store = stores.of(present);
            Path name = folder.getFileName() == null ? folder : folder.getFileName();
            Disk disk = new Disk(name.toString(), store.getUsableSpace(), store.getTotalSpace());
            unknown.remove(folder);
            return Optional.of(disk);
        } catch (IOException e) {
            if (unknown.add(folder)) {
                LOG.warn("the free space of the disk of {} is unknown and not watched: {}", folder, e.toString());
            }
            return Optional.empty();
        }
    }
}
