package dev.trainyard.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
    @TempDir
    Path proc;

    @Test
    void missingRequirementsAreReportedWithAdvice() throws Exception {
        Files.writeString(proc.resolve("cpuinfo"), "flags : fpu sse2 avx\n");
        Files.writeString(proc.resolve("meminfo"), "MemTotal: 9 kB\nMemAvailable:     1048576 kB\n");
        MachineChecks checks = new MachineChecks(proc, proc, Map.of("PATH", proc.toString())::get);
        assertThat(checks.processor().state()).isEqualTo(CheckResult.State.BROKEN);
        assertThat(checks.memory().state()).isEqualTo(CheckResult.State.WARNING);
        assertThat(checks.memory().finding()).isEqualTo("1.0 GiB available");
        assertThat(checks.maven().state()).isEqualTo(CheckResult.State.WARNING);
        assertThat(checks.archive().state()).isEqualTo(CheckResult.State.BROKEN);
        assertThat(checks.all())
                .filteredOn(check -> check.state() != CheckResult.State.OK)
                .allSatisfy(check -> assertThat(check.advice()).isNotBlank());
    }

    @Test
    void aSuitableMachinePassesAllChecks() throws Exception {
        Files.writeString(proc.resolve("cpuinfo"), "flags : fpu sse2 avx avx2 bmi2\n");
        Files.writeString(proc.resolve("meminfo"), "MemAvailable:     8388608 kB\n");
        Path mvn = Files.writeString(proc.resolve("mvn"), "");
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
        MachineChecks checks = new MachineChecks(Path.of(".."), proc, Map.of("PATH", "/none:" + proc)::get);
        assertThat(checks.processor().state()).isEqualTo(CheckResult.State.OK);
        assertThat(checks.memory().state()).isEqualTo(CheckResult.State.OK);
        assertThat(checks.maven().finding()).isEqualTo(mvn.toString());
        assertThat(checks.archive().state()).isEqualTo(CheckResult.State.OK);
    }
}
