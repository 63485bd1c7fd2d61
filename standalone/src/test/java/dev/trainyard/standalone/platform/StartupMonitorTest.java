package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.standalone.process.ManagedProcess;
import dev.trainyard.standalone.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupMonitorTest {
    @TempDir
    Path folder;

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<ManagedProcess> processes = new ArrayList<>();
    private volatile boolean answering;

    @AfterEach
    void stop() {
        processes.forEach(ManagedProcess::stop);
    }

    @Test
    void startingProcessesAreReportedAndAwaitedWhileTheyRun() throws Exception {
        start("quick", "sleep 600", true);
        start("slow", "sleep 600", false);
        Thread waiting = new Thread(() -> {
            try {
                new StartupMonitor(messages::add, null).await(processes);
                messages.add("ready");
            } catch (IOException | InterruptedException e) {
                messages.add(e.toString());
            }
        });
        waiting.start();
        while (messages.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(50); // the report can only be polled
        }
        assertThat(messages.get(0))
                .startsWith("Still starting after ")
                .contains("slow (log: %s)".formatted(folder.resolve("slow.log")))
                .doesNotContain("quick");
        answering = true;
        waiting.join();
        assertThat(messages).last().isEqualTo("ready");
    }

    @Test
    void theTimeoutEndsTheStart() throws Exception {
        start("slow", "sleep 600", false);
        assertThatThrownBy(() -> new StartupMonitor(messages::add, Duration.ofMillis(100)).await(processes))
                .isInstanceOf(StartTimeoutException.class)
                .hasMessageContaining("--start-timeout")
                .hasMessageContaining("slow (log: %s)".formatted(folder.resolve("slow.log")));
    }

    @Test
    void repeatedExitsEndTheStartWithTheReason() throws Exception {
        start("slow", "sleep 600", false);
        start("broken", "echo ERROR no licence; exit 3", false);
        assertThatThrownBy(() -> new StartupMonitor(messages::add, null).await(processes))
                .hasMessageContaining("broken does not start: 3 times in a row it ended with status 3")
                .hasMessageContaining("ERROR no licence");
    }

    private void start(String name, String script, boolean answers) throws IOException {
        ManagedProcess process = new ManagedProcess(
                new ProcessSpec(
                        name,
                        List.of("bash", "-c", script),
                        Map.of(),
                        () -> answers || answering,
                        "TERM",
                        Duration.ofSeconds(10)),
                folder,
                folder,
                line -> {});
        processes.add(process);
        process.start();
    }
}
