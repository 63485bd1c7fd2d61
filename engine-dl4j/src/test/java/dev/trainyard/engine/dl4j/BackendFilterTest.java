package dev.trainyard.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendFilterTest {
    @TempDir
    Path folder;

    @Test
    void onlyTheChosenBackendIsShown() throws Exception {
        URL cpu = jar("cpu", BackendFilter.CPU);
        URL cuda = jar("cuda", BackendFilter.CUDA);
        try (URLClassLoader both = new URLClassLoader(new URL[] {cpu, cuda}, null)) {
            assertThat(shown(both, BackendFilter.SERVICES)).hasSize(2);
            assertThat(shown(new BackendFilter(both, BackendFilter.CPU), BackendFilter.SERVICES))
                    .singleElement()
                    .satisfies(file -> assertThat(file.toString()).startsWith(cpu.toString()));
            assertThat(shown(new BackendFilter(both, BackendFilter.CUDA), BackendFilter.SERVICES))
                    .singleElement()
                    .satisfies(file -> assertThat(file.toString()).startsWith(cuda.toString()));
            assertThat(shown(new BackendFilter(both, BackendFilter.CUDA), "other"))
                    .hasSize(2);
        }
    }

    private static List<URL> shown(ClassLoader loader, String name) throws Exception {
        return Collections.list(loader.getResources(name));
    }

    private URL jar(String name, String backend) throws Exception {
        Path services = folder.resolve(name).resolve(BackendFilter.SERVICES);
        Files.createDirectories(services.getParent());
        Files.writeString(services, "# a comment\n" + backend + "\n");
        Files.writeString(folder.resolve(name).resolve("other"), "");
        return folder.resolve(name).toUri().toURL();
    }
}
