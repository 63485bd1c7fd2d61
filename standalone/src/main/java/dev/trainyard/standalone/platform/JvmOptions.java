package dev.trainyard.standalone.platform;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** JVM options of all processes of a platform, which share one machine. */
final class JvmOptions {
    /**
     * With small heaps the serial collector is cheapest: with G1, two cores answered 10 % fewer predictions. The heap
     * starts small, because a JVM takes as much as it may before its first collection and returns little of it.
     */
    static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-Xms48m",
            // without it each JVM wakes up every 50 ms; jcmd and jstack still work with a pid
            "-XX:-UsePerfData",
            // maps class-data archives at the address that they were written for: updates of Java 17 that map them at
            // a random one rewrite most pages at each start, so that they can be neither shared nor dropped
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0",
            // no safepoint each second without a reason, and no search for idle monitors every 250 ms
            "-XX:GuaranteedSafepointInterval=0",
            "-XX:AsyncDeflationInterval=5000",
            // returns what the compiler and native libraries have freed; older updates of Java 17 do not know the
            // option
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:TrimNativeHeapInterval=30000");

    /**
     * The optimising compiler waits for four times as many calls as by default. What an idle process calls again and
     * again would reach the default within minutes and cost more to compile than it costs to run; with requests, the
     * limits are reached within seconds. Not for trainers, whose kernels are slow until they are optimised.
     */
    static final List<String> COMPILE_LATE = List.of(
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=2400",
            "-XX:Tier4CompileThreshold=60000",
            "-XX:Tier4BackEdgeThreshold=160000");

    private JvmOptions() {}

    /**
     * Returns the options in {@code TRAINYARD_JAVA_OPTS}, which are for all processes, and after them those in {@code
     * TRAINYARD_TRAINER_JAVA_OPTS} and the like, which are for one kind and win.
     *
     * @param process such as {@code trainer-1}
     */
    static List<String> ofUser(String process, Map<String, String> environment) {
        String kind = process.replaceAll("-\\d+$", "").toUpperCase(Locale.ROOT);
        return Stream.of("TRAINYARD_JAVA_OPTS", "TRAINYARD_%s_JAVA_OPTS".formatted(kind))
                .flatMap(name -> Stream.of(environment.getOrDefault(name, "").split("\\s+")))
                .filter(option -> !option.isEmpty())
                .toList();
    }
}
