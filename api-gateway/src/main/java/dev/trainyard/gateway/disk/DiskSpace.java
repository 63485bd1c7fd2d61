package dev.trainyard.gateway.disk;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
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
    private final Marks marks;
    private List<Disk> known;
    private long measuredAt;
    private boolean refusing;

    /**
     * @param folders whose disks are watched; one that does not exist yet stands for the folder that it will be made in
     */
    public DiskSpace(List<Path> folders, Marks marks) {
        this(measuring(folders, Files::getFileStore), AGE, marks);
    }

    /** @param age of a measurement that is still good */
    DiskSpace(Supplier<List<Disk>> disks, Duration age, Marks marks) {
        this.disks = disks;
        this.ageNanos = age.toNanos();
        this.marks = marks;
    }

    /**
     * Free space at which work is refused and taken again. On a small disk the marks are lower, or it could never take
     * any work.
     *
     * @param refuseBelow bytes; 0 refuses nothing
     * @param acceptAbove bytes of all disks at which work is taken again
     * @param mostPercent of a disk's size that the lower mark may be; 100 takes both as they are on every disk
     */
    public record Marks(long refuseBelow, long acceptAbove, int mostPercent) {
        private static final int ALL = 100;

        public Marks {
            if (acceptAbove < refuseBelow) {
                throw new IllegalArgumentException(
                        "trainyard.disk.accept-above (%d bytes) must not be below trainyard.disk.refuse-below (%d bytes)."
                                .formatted(acceptAbove, refuseBelow));
            }
        }

        long refuseBelow(Disk disk) {
            return atMost(refuseBelow, disk, mostPercent);
        }

        /** Half as much again as the lower mark, but never all of the disk. */
        long acceptAbove(Disk disk) {
            return atMost(acceptAbove, disk, Math.min(mostPercent * 1.5, (ALL + mostPercent) / 2.0));
        }

        private long atMost(long mark, Disk disk, double percent) {
            boolean limited = mostPercent < ALL && disk.total() > 0;
            return limited ? Math.min(mark, (long) (disk.total() / (double) ALL * percent)) : mark;
        }
    }

    /** @param free bytes that this process may use */
    public record Disk(String folder, long free, long total) {}

    /**
     * @param refusing whether new work is refused
     * @param refuseBelow free bytes, of the disk that is closest to it
     * @param acceptAbove free bytes, of that disk
     */
    public record State(boolean refusing, long refuseBelow, long acceptAbove, List<Disk> disks) {

        /** Of the disk with the least. */
        public long leastFree() {
            return disks.stream().mapToLong(Disk::free).min().orElse(Long.MAX_VALUE);
        }
    }

    /** As of the last second. */
    public synchronized State state() {
        measure();
        Optional<Disk> tightest = tightest();
        return new State(
                refusing,
                tightest.map(marks::refuseBelow).orElse(marks.refuseBelow()),
                tightest.map(marks::acceptAbove).orElse(marks.acceptAbove()),
                known);
    }

    private void measure() {
        if (known == null || System.nanoTime() - measuredAt >= ageNanos) {
            known = disks.get();
            measuredAt = System.nanoTime();
            judge();
        }
    }

    /** The disk that lacks most to the mark that counts at present. */
    private Optional<Disk> tightest() {
        return known.stream().min(Comparator.comparingLong(disk -> disk.free() - mark(disk)));
    }

    private long mark(Disk disk) {
        return refusing ? marks.acceptAbove(disk) : marks.refuseBelow(disk);
    }

    private void judge() {
        boolean before = refusing;
        refusing = known.stream().anyMatch(disk -> disk.free() < mark(disk));
        if (refusing && !before) {
            LOG.warn("{}", refusal());
        } else if (before && !refusing) {
            LOG.info("new work is taken again: {}", known);
        }
    }

    /** Why no new work is taken, in sentences; empty while it is. */
    public synchronized Optional<String> shortage() {
        measure();
        return refusing ? Optional.of(refusal()) : Optional.empty();
    }

    private String refusal() {
        Disk disk = tightest().orElseThrow(); // only a disk can refuse
        return String.format(
                Locale.ROOT,
                "The disk of this platform (folder %s) has %,d bytes free. New work is refused below %,d and taken again "
                        + "from %,d; running jobs and predictions go on. Make room, or wait until old data is deleted. "
                        + "Settings: TRAINYARD_DISK_REFUSE_BELOW, TRAINYARD_DISK_ACCEPT_ABOVE.",
                disk.folder(),
                disk.free(),
                marks.refuseBelow(disk),
                marks.acceptAbove(disk));
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
