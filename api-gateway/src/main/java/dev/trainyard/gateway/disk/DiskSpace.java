package dev.trainyard.gateway.disk;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.storage.ArtifactStores;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
 * Monitors free disk space. New work is refused below a low threshold and accepted again above a high one. Running work
 * continues and needs the reserve.
 */
@Singleton
public final class DiskSpace {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(60);

    private final Supplier<List<Disk>> disks;
    private final long ageNanos;
    private final Thresholds thresholds;
    private List<Disk> known = List.of();
    private long measuredAt;
    private boolean refusing;

    @Inject
    DiskSpace(GatewaySettings settings, MeterRegistry metrics) {
        this(
                folders(settings),
                new Thresholds(
                        settings.disk().refuseBelow().asLongValue(),
                        settings.disk().acceptAbove().asLongValue(),
                        settings.disk().mostPercent()));
        Gauge.builder("trainyard.disk.free", this, space -> space.state().leastFree())
                .baseUnit("bytes")
                .register(metrics);
        Gauge.builder("trainyard.disk.refusing", this, space -> space.state().refusing() ? 1 : 0)
                .register(metrics);
    }

    private static List<Path> folders(GatewaySettings settings) {
        List<Path> folders = new ArrayList<>();
        ArtifactStores.directory(settings.artifacts()).ifPresent(folders::add);
        settings.disk().folders().ifPresent(folders::addAll);
        return folders;
    }

    /**
     * @param folders folders whose disks are watched; for a missing folder its closest existing parent is used
     */
    public DiskSpace(List<Path> folders, Thresholds thresholds) {
        this(measuring(folders, Files::getFileStore), AGE, thresholds);
    }

    /** @param age time for which a measurement is reused */
    DiskSpace(Supplier<List<Disk>> disks, Duration age, Thresholds thresholds) {
        this.disks = disks;
        this.ageNanos = age.toNanos();
        this.thresholds = thresholds;
        this.measuredAt = System.nanoTime() - ageNanos; // the first use measures
    }

    /**
     * Free space at which work is refused and accepted again. Thresholds are lower on small disks, which could
     * otherwise never accept work.
     *
     * @param refuseBelow bytes; 0 refuses nothing
     * @param acceptAbove bytes that every disk must have before work is accepted again
     * @param mostPercent upper bound of the low threshold in percent of the disk's size; 100 for no bound
     */
    public record Thresholds(long refuseBelow, long acceptAbove, int mostPercent) {
        private static final int ALL = 100;

        public Thresholds {
            if (acceptAbove < refuseBelow) {
                throw new IllegalArgumentException(
                        "trainyard.disk.accept-above (%d bytes) must not be below trainyard.disk.refuse-below (%d bytes)."
                                .formatted(acceptAbove, refuseBelow));
            }
        }

        long refuseBelow(Disk disk) {
            return atMost(refuseBelow, disk, mostPercent);
        }

        /** Bounded to 1.5 times the bound of the low threshold, but never to the whole disk. */
        long acceptAbove(Disk disk) {
            return atMost(acceptAbove, disk, Math.min(mostPercent * 1.5, (ALL + mostPercent) / 2.0));
        }

        private long atMost(long threshold, Disk disk, double percent) {
            boolean limited = mostPercent < ALL && disk.total() > 0;
            return limited ? Math.min(threshold, (long) (disk.total() / (double) ALL * percent)) : threshold;
        }
    }

    /** @param free bytes available to this process */
    public record Disk(String folder, long free, long total) {}

    /**
     * @param refusing true while new work is refused
     * @param refuseBelow low threshold of the fullest disk, bytes
     * @param acceptAbove high threshold of that disk, bytes
     */
    public record State(boolean refusing, long refuseBelow, long acceptAbove, List<Disk> disks) {

        /** Free bytes of the disk with the least free space. */
        public long leastFree() {
            return disks.stream().mapToLong(Disk::free).min().orElse(Long.MAX_VALUE);
        }
    }

    /** Returns the state, measured within the last second. */
    public synchronized State state() {
        measure();
        Optional<Disk> fullest = fullest();
        return new State(
                refusing,
                fullest.map(thresholds::refuseBelow).orElse(thresholds.refuseBelow()),
                fullest.map(thresholds::acceptAbove).orElse(thresholds.acceptAbove()),
                known);
    }

    private void measure() {
        if (System.nanoTime() - measuredAt >= ageNanos) {
            known = disks.get();
            measuredAt = System.nanoTime();
            update();
        }
    }

    /** Returns the disk that is furthest below, or closest to, its current threshold. */
    private Optional<Disk> fullest() {
        return known.stream().min(Comparator.comparingLong(disk -> disk.free() - threshold(disk)));
    }

    private long threshold(Disk disk) {
        return refusing ? thresholds.acceptAbove(disk) : thresholds.refuseBelow(disk);
    }

    private void update() {
        boolean before = refusing;
        refusing = known.stream().anyMatch(disk -> disk.free() < threshold(disk));
        if (refusing && !before) {
            LOG.warn("{}", refusal());
        } else if (before && !refusing) {
            LOG.info("New work is accepted again: {}", known);
        }
    }

    /** Returns the reason why new work is refused; empty while it is accepted. */
    public synchronized Optional<String> shortage() {
        measure();
        return refusing ? Optional.of(refusal()) : Optional.empty();
    }

    private String refusal() {
        Disk disk = fullest().orElseThrow(); // refusing implies at least one disk
        return String.format(
                Locale.ROOT,
                "The disk of this platform (folder %s) has %,d bytes free. New work is refused below %,d and accepted "
                        + "again from %,d; running jobs and predictions continue. Free space, or wait until old data is deleted. "
                        + "Settings: TRAINYARD_DISK_REFUSE_BELOW, TRAINYARD_DISK_ACCEPT_ABOVE.",
                disk.folder(),
                disk.free(),
                thresholds.refuseBelow(disk),
                thresholds.acceptAbove(disk));
    }

    /** @throws ProblemException 507 while new work is refused */
    public void require() {
        shortage().ifPresent(DiskSpace::refuse);
    }

    /** @throws ProblemException 507, always */
    public static void refuse(String why) {
        throw new ProblemException(ProblemType.INSUFFICIENT_STORAGE, why, RETRY);
    }

    /** Returns the file store of an existing folder. */
    interface FileStores {
        FileStore of(Path folder) throws IOException;
    }

    /** Omits disks that cannot be measured, because unknown space is no reason to refuse work. */
    static Supplier<List<Disk>> measuring(List<Path> folders, FileStores stores) {
        Set<Path> unknown = ConcurrentHashMap.newKeySet();
        return () -> folders.stream()
                .flatMap(folder -> measure(folder, stores, unknown).stream())
                .toList();
    }

    private static Optional<Disk> measure(Path folder, FileStores stores, Set<Path> unknown) {
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
                LOG.warn("Free disk space of {} cannot be measured and is not monitored: {}", folder, e.toString());
            }
            return Optional.empty();
        }
    }
}
