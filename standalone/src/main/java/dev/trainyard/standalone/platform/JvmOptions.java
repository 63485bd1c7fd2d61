package dev.trainyard.standalone.platform;

import java.util.List;

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
            // returns what the compiler and native libraries have freed; older updates of Java 17 do not know the
            // option
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:TrimNativeHeapInterval=30000");

    private JvmOptions() {}
}
