package dev.trainyard.predictor.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.predictor.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence about an ended process. Its journal is copied while it runs, which is the state after a kill. */
class NativeCallGuardTest {
    private static final ModelIdentity BAD = new ModelIdentity("Bad/ä model", 7, "b".repeat(64));
    private static final String LIBRARY = "7f8bd1000000";
    private static final ModelIdentity GOOD = new ModelIdentity("DigitModel", 1, "a".repeat(64));

    @TempDir
    Path dir;

    private final ManualClock clock = new ManualClock();
    private NativeCallGuard ended;
    private final List<NativeCallGuard> opened = new ArrayList<>();
    private int killed;

    @BeforeEach
    void aProcessRuns() {
        clock.advance(Duration.between(Instant.EPOCH, Instant.now()));
        ended = open();
    }

    @AfterEach
    void close() {
        opened.forEach(NativeCallGuard::close);
    }

    @Test
    void aSignalInTheThreadOfAModelBlamesThatModel() throws Exception {
        Thread other = inNativeCode("predictor", Phase.RUN, GOOD);
        Thread crashed = inNativeCode("model-loader", Phase.LOAD, BAD);
        kill(fatalError("SIGFPE", "JavaThread \"model-loader\" daemon [_thread_in_native, id=22, stack(0x0,0x1)]"));
        other.interrupt();
        crashed.interrupt();

        ModelQuarantine found = open().crashes().get(0);

        assertThat(found.sha256()).isEqualTo(BAD.sha256());
        assertThat(found.name()).isEqualTo(BAD.name());
        assertThat(found.version()).isEqualTo(7);
        assertThat(found.cause()).isEqualTo("SIGFPE");
        assertThat(found.phase()).isEqualTo("load");
        assertThat(found.predictor()).isEqualTo("predictor-1");
    }

    @Test
    void aSignalInAnotherThreadBlamesNoModel() throws Exception {
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, GOOD)) {
            kill(fatalError("SIGSEGV", "JavaThread \"C2 CompilerThread0\" daemon [_thread_in_native, id=9]"));
        }
        assertThat(open().crashes()).isEmpty();
        assertThat(suspects()).isEmpty();
    }

    @Test
    void aSignalInANativeThreadBlamesTheOnlyRunningModel() throws Exception {
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, BAD)) {
            kill(fatalError("SIGSEGV", "is native thread"));
        }
        assertThat(open().crashes()).extracting(ModelQuarantine::sha256).containsExactly(BAD.sha256());
    }

    @Test
    void anExitWithoutATraceAndWithoutARunBlamesNoModel() throws Exception {
        ended.enter(Phase.LOAD, BAD).close();
        ended.enter(Phase.RUN, BAD).close();
        kill(null);
        assertThat(open().crashes()).isEmpty();
        assertThat(suspects()).isEmpty();
    }

    @Test
    void aModelThatRepeatedlyEndsTheProcessAloneIsQuarantinedLocallyForAnHour() throws Exception {
        for (int end = 1; end <= CrashSuspects.SUSPECT_AT + CrashSuspects.LIMIT; end++) {
            assertThat(ended.localQuarantines()).as("before end %d", end).isEmpty();
            endWithoutATrace(BAD);
            ended = open();
            assertThat(ended.crashes()).as("not proven").isEmpty();
            ended.markReported();
        }
        ModelQuarantine found = ended.localQuarantines().get(0);
        assertThat(found.sha256()).isEqualTo(BAD.sha256());
        assertThat(found.cause()).startsWith("no signal, 3 times in 10 minutes");
        assertThat(suspects()).isEmpty();
        assertThat(open().localQuarantines()).as("of the next process").containsExactly(found);

        QuarantinedModels quarantine = new QuarantinedModels(clock);
        quarantine.addLocal(found);
        assertThat(quarantine.find(BAD.sha256())).contains(found);
        quarantine.release(BAD.sha256(), found.at().minusSeconds(1));
        assertThat(quarantine.size()).as("an earlier release").isEqualTo(1);
        clock.advance(LocalQuarantineStore.LENGTH);
        assertThat(quarantine.find(BAD.sha256())).isEmpty();
        assertThat(quarantine.size()).isZero();
        NativeCallGuard next = open();
        assertThat(next.localQuarantines()).isEmpty();
        assertRunsAlone(next, BAD, true);
    }

    @Test
    void aModelThatDidNotRunAloneIsNotQuarantinedWithoutATrace() throws Exception {
        for (int end = 1; end <= 10; end++) {
            endWithoutATrace(GOOD); // of a process that was started before there was a suspect
            NativeCallGuard next = open();
            assertThat(next.crashes()).isEmpty();
            assertThat(next.localQuarantines()).isEmpty();
            next.markReported();
        }
    }

    @Test
    void processesThatEndTogetherCountOnce() throws Exception {
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, GOOD)) {
            kill(null);
            kill(null);
            kill(null);
        }
        NativeCallGuard next = open();
        next.markReported();
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, GOOD)) {
            clock.advance(CrashSuspects.TOGETHER);
            kill(null); // found later, but it ended with the others
        }
        clock.advance(Duration.ofMinutes(1));
        assertRunsAlone(open(), GOOD, false);
    }

    @Test
    void anExitIsDatedByItsTimeRatherThanItsDiscovery() throws Exception {
        endWithoutATrace(BAD);
        open().markReported();
        endWithoutATrace(BAD);
        clock.advance(CrashSuspects.WINDOW);
        NativeCallGuard next = open();
        assertThat(suspects()).isEmpty();
        assertRunsAlone(next, BAD, false);
    }

    @Test
    void theSecondExitMakesAModelASuspectThatRunsAlone() throws Exception {
        endWithoutATrace(BAD);
        NativeCallGuard second = open();
        second.markReported();
        assertThat(suspects()).containsExactly("suspect-" + BAD.sha256());
        assertRunsAlone(second, BAD, false);

        endWithoutATrace(BAD);
        NativeCallGuard third = open();
        assertRunsAlone(third, BAD, true);
    }

    @Test
    void theSlotsOfEndedThreadsAreReused() throws Exception {
        for (int i = 0; i <= CrashJournal.SLOTS; i++) {
            Thread thread = new Thread(() -> ended.enter(Phase.RUN, GOOD).close());
            thread.start();
            thread.join();
        }
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, BAD)) {
            kill(fatalError("SIGFPE", "is native thread"));
        }
        assertThat(open().crashes()).extracting(ModelQuarantine::sha256).containsExactly(BAD.sha256());
    }

    @Test
    void aThreadWithoutASlotGetsTheNextFreeOne() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CrashJournal.SLOTS; i++) {
            threads.add(inNativeCode("thread-" + i, Phase.RUN, GOOD));
        }
        ended.enter(Phase.RUN, BAD).close();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, BAD)) {
            kill(fatalError("SIGFPE", "is native thread"));
        }
        assertThat(open().crashes()).extracting(ModelQuarantine::sha256).containsExactly(BAD.sha256());
    }

    @Test
    void aDamagedJournalDoesNotHideOthers() throws Exception {
        Files.createDirectory(dir.resolve("suspect-" + GOOD.sha256()));
        Files.createDirectory(dir.resolve("suspect-" + BAD.sha256()));
        try (NativeCallGuard.Call call =
                ended.enter(Phase.RUN, new ModelIdentity("NoHash", 1, "../" + "e".repeat(61)))) {
            kill(null);
        }
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, GOOD)) {
            kill(null);
        }
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, BAD)) {
            Files.createFile(dir.resolve("suspect-" + BAD.sha256()).resolve("keeps it from being deleted"));
            kill(fatalError("SIGFPE", "is native thread"));
        }
        Files.writeString(dir.resolve("journal-0-short.bin"), "x");
        byte[] noPath = new byte[(CrashJournal.SLOTS + 1) * CrashJournal.SLOT_BYTES];
        ByteBuffer.wrap(noPath).putInt(16).put("p\n1\n/no\0path".getBytes(StandardCharsets.UTF_8));
        Path damaged = Files.write(dir.resolve("journal-0-damaged.bin"), noPath);
        Files.createDirectory(dir.resolve("journal-0-folder.bin"));
        NativeCallGuard next = open();
        assertThat(next.crashes()).extracting(ModelQuarantine::sha256).containsExactly(BAD.sha256());
        assertThat(damaged).doesNotExist();
        next.markReported();
        Files.delete(dir.resolve("suspect-" + BAD.sha256()).resolve("keeps it from being deleted"));
    }

    @Test
    void aFullHeapBlamesNoModel() throws Exception {
        Path error = dir.resolve("hs_err_full.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-XX:+CrashOnOutOfMemoryError",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + error,
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullHeap.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("output").toFile())
                .start();
        assertThat(process.waitFor()).isNotZero();
        String text = Files.readString(error);
        assertThat(text).contains("OutOfMemory encountered");
        // like an address in a signal report: that of a real library
        Path signal =
                Files.writeString(dir.resolve("signal.log"), text.replaceFirst("Internal Error", "SIGSEGV (0xb)"));
        assertThat(JvmErrorFile.read(signal, Instant.EPOCH, header().library())).isPresent();
        assertThat(JvmErrorFile.read(signal, Instant.EPOCH, LIBRARY)).isEmpty();

        NativeCallGuard next = open();
        assertThat(next.crashes()).isEmpty();
        assertThat(suspects()).isEmpty();
    }

    /** Error file of the process with the full heap. */
    private JournalHeader header() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, "journal-*.bin")) {
            for (Path file : files) {
                byte[] bytes = Files.readAllBytes(file);
                int length = ByteBuffer.wrap(bytes).getInt();
                String text = new String(bytes, Integer.BYTES, length, StandardCharsets.UTF_8);
                if (text.startsWith("predictor-2")) {
                    return JournalHeader.parse(text);
                }
            }
        }
        throw new AssertionError("no journal of predictor-2");
    }

    /** Runs a process whose heap fills while a model runs. */
    static final class FullHeap {
        private FullHeap() {}

        /** @param args the folder */
        public static void main(String[] args) {
            NativeCallGuard calls = NativeCallGuard.open(Path.of(args[0]), "predictor-2", Clock.systemUTC());
            try (NativeCallGuard.Call call = calls.enter(Phase.RUN, GOOD)) {
                List<byte[]> all = new ArrayList<>();
                while (all.size() < 1_000) {
                    all.add(new byte[1 << 20]);
                }
            }
        }
    }

    @Test
    void oldExitsAreIgnored() throws Exception {
        Instant longAgo = clock.instant().minus(CrashSuspects.WINDOW).minusSeconds(1);
        Files.writeString(dir.resolve("suspect-" + BAD.sha256()), "%s%n%s%nhalf a li".formatted(longAgo, longAgo));
        try (NativeCallGuard.Call call = ended.enter(Phase.LOAD, BAD)) {
            kill(null);
        }
        assertThat(open().crashes()).isEmpty();
    }

    @Test
    void anErrorFileOfAnEarlierProcessWithTheSamePidIsIgnored() throws Exception {
        Path old = fatalError("SIGFPE", "JavaThread \"main\" [_thread_in_native, id=1]");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3_600)));
        try (NativeCallGuard.Call call = ended.enter(Phase.LOAD, BAD)) {
            kill(old);
        }
        assertThat(open().crashes()).isEmpty();
    }

    @Test
    void anErrorFileOfAnotherContainerOrAlreadyReadIsIgnored() throws Exception {
        Path error = fatalError("SIGFPE", "is native thread");
        String text = Files.readString(error);
        Files.writeString(error, text.replace(LIBRARY, "7f0000000000"));
        try (NativeCallGuard.Call call = ended.enter(Phase.LOAD, BAD)) {
            kill(error);
            NativeCallGuard next = open();
            assertThat(next.crashes()).isEmpty();
            next.markReported();
            assertThat(error).as("of a journal in the future").exists();

            Files.writeString(error, text.substring(0, text.indexOf("Dynamic")));
            kill(error);
            next = open();
            assertThat(next.crashes()).as("the disk was full").hasSize(1);
            next.markReported();
            assertThat(error).doesNotExist();
            kill(error);
        }
        assertThat(open().crashes()).isEmpty();
    }

    @Test
    void anUnreportedCrashIsFoundAgain() throws Exception {
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, BAD)) {
            kill(fatalError("SIGFPE", "is native thread"));
        }
        NativeCallGuard first = open();
        assertThat(first.crashes()).hasSize(1);
        first.close();

        NativeCallGuard second = open();
        assertThat(second.crashes()).hasSize(1);
        second.markReported();
        assertThat(open().crashes()).isEmpty();
    }

    @Test
    void runningAndCleanlyStoppedProcessesLeaveNoFiles() throws Exception {
        try (NativeCallGuard.Call call = ended.enter(Phase.RUN, BAD)) {
            assertThat(open().crashes()).isEmpty();
        }
        opened.forEach(NativeCallGuard::close);
        opened.clear();
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void filesOfAnInterruptedOpeningAreDeletedAfterAnHour() throws Exception {
        Path old = Files.writeString(dir.resolve("opening-1-x.bin"), "");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7_200)));
        Path fresh = Files.writeString(dir.resolve("opening-2-x.bin"), "");
        for (int i = 0; i < 9; i++) {
            Files.writeString(dir.resolve("hs_err_%d.log".formatted(i)), "");
        }
        assertThat(open().crashes()).isEmpty();
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
        try (DirectoryStream<Path> errors = Files.newDirectoryStream(dir, "hs_err_*")) {
            assertThat(errors).hasSize(5);
        }
    }

    @Test
    void modelsRunWithoutAJournalIfTheFolderIsNotWritable() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        NativeCallGuard calls = NativeCallGuard.open(file, "predictor-1", Clock.systemUTC());
        calls.enter(Phase.RUN, GOOD).close();
        assertThat(calls.crashes()).isEmpty();
        calls.close();
    }

    private void endWithoutATrace(ModelIdentity model) throws IOException {
        clock.advance(CrashSuspects.TOGETHER.plusSeconds(1));
        try (NativeCallGuard.Call call = ended.enter(Phase.LOAD, model)) {
            kill(null);
        }
    }

    private static void assertRunsAlone(NativeCallGuard calls, ModelIdentity model, boolean alone) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (NativeCallGuard.Call suspect = calls.enter(Phase.LOAD, model)) {
            Thread other = new Thread(() -> {
                try (NativeCallGuard.Call call =
                        calls.enter(Phase.RUN, new ModelIdentity("Other", 1, "c".repeat(64)))) {
                    entered.countDown();
                }
            });
            other.start();
            while (other.getState() != Thread.State.WAITING && other.isAlive()) {
                Thread.onSpinWait();
            }
            assertThat(entered.getCount()).isEqualTo(alone ? 1 : 0);
        }
        assertThat(entered.await(1, TimeUnit.MINUTES)).isTrue();
    }

    private NativeCallGuard open() {
        NativeCallGuard calls = NativeCallGuard.open(dir, "predictor-1", clock);
        opened.add(calls);
        return calls;
    }

    /** Starts a thread that stays in a native call until it is interrupted. */
    private Thread inNativeCode(String name, Phase phase, ModelIdentity model) throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    try (NativeCallGuard.Call call = ended.enter(phase, model)) {
                        entered.countDown();
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.start();
        entered.await();
        return thread;
    }

    /** Writes an error file like the JVM's. */
    private Path fatalError(String signal, String currentThread) throws IOException {
        String thread =
                currentThread.startsWith("is") ? " " + currentThread : " (0x00007f8c2c0e5800):  " + currentThread;
        return Files.writeString(dir.resolve("error.log"), """
                #
                # A fatal error has been detected by the Java Runtime Environment:
                #
                #  %s (0x8) at pc=0x00007f8bd1a3a5c7, pid=%d, tid=22
                #
                # Problematic frame:
                # C  [libonnxruntime.so+0x8a35c7]
                #

                ---------------  T H R E A D  ---------------

                Current thread%s

                Dynamic libraries:
                800000000-800bc0000 rwxp 00001000 fe:00 315152 /usr/lib/jvm/lib/server/classes.jsa
                %s-7f8bd1251000 r--p 00000000 fe:00 315152 /usr/lib/jvm/lib/server/libjvm.so
                """.formatted(
                        signal, ProcessHandle.current().pid(), thread, LIBRARY));
    }

    /**
     * Leaves the files of a process that is killed now.
     *
     * @param error its error file; null for none
     */
    private void kill(Path error) throws IOException {
        try (DirectoryStream<Path> journals = Files.newDirectoryStream(dir, "journal-*.bin")) {
            for (Path journal : journals) {
                byte[] bytes = Files.readAllBytes(journal);
                if (!journal.getFileName().toString().contains("killed")) {
                    JournalHeader header = new JournalHeader(
                            "predictor-1",
                            Instant.now().minusSeconds(60),
                            error == null ? List.of() : List.of(error),
                            LIBRARY);
                    byte[] text = header.text().getBytes(StandardCharsets.UTF_8);
                    ByteBuffer.wrap(bytes).putInt(text.length).put(text);
                    Path left = Files.write(dir.resolve("journal-killed-%d.bin".formatted(killed++)), bytes);
                    Files.setLastModifiedTime(left, FileTime.from(clock.instant()));
                }
            }
        }
    }

    private List<String> suspects() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, "suspect-*")) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }
}
