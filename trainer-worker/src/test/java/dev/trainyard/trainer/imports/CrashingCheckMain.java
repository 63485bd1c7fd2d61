package dev.trainyard.trainer.imports;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Replaces a check process: crashes as its file says, or runs the ONNX file in it unchecked. */
final class CrashingCheckMain {
    private CrashingCheckMain() {}

    public static void main(String[] args) throws Exception {
        byte[] file = Files.readAllBytes(Path.of(CheckMain.FILE));
        System.out.println(CheckMain.STEP + "it was tried");
        switch (file.length > 40 ? "onnx" : new String(file)) {
            case "segfault" -> unsafe().putAddress(0, 0);
            case "hang" -> new CountDownLatch(1).await();
            case "spin" -> spin();
            case "heap" -> System.out.println(new long[1 << 28].length);
            case "memory" ->
                System.out.println(ByteBuffer.allocateDirect(1 << 29).capacity() + grab());
            case "kill" -> signal("KILL");
            case "threads", "status" -> System.exit(17);
            case "link" -> Files.createSymbolicLink(Path.of(CheckMain.REPORT), Path.of("/etc/hostname"));
            case "large" -> Files.write(Path.of(CheckMain.REPORT), new byte[1 << 20]);
            case "environment" -> refuse(System.getenv().keySet() + " " + System.in.read() + " " + limits());
            case "lies" -> {
                Files.write(Path.of(CheckMain.MODEL), Files.readAllBytes(Path.of(CheckMain.FILE)));
                Files.writeString(Path.of(CheckMain.REPORT), "{\"parameters\":1}");
            }
            case "pid" -> {
                Files.writeString(
                        Path.of("pid"), String.valueOf(ProcessHandle.current().pid()));
                new CountDownLatch(1).await();
            }
            default -> run(file);
        }
    }

    private static void run(byte[] onnx) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (var session = environment.createSession(onnx);
                var image = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(new float[784]), new long[] {1, 1, 28, 28})) {
            session.run(Map.of("image", image)).close();
        }
    }

    private static void refuse(String text) throws IOException {
        Files.writeString(Path.of(CheckMain.REPORT), "{\"parameters\":0,\"refused\":\"%s\"}".formatted(text));
    }

    /** Limit of the process as reported by the kernel. */
    private static String limits() throws IOException {
        List<String> limits = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.matches("Max (address space|cpu time|open files|file size|core file size) .*")) {
                limits.add(line.replaceAll(" +", " ").strip());
            }
        }
        return limits.toString();
    }

    private static void spin() {
        long count = 0;
        while (count >= 0) {
            count = (count + 1) & Long.MAX_VALUE;
        }
    }

    private static long grab() throws Exception {
        long taken = 0;
        while (true) {
            taken += unsafe().allocateMemory(256 << 20);
        }
    }

    private static void signal(String name) throws Exception {
        new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "kill -%s %d".formatted(name, ProcessHandle.current().pid()))
                .start();
        new CountDownLatch(1).await();
    }

    private static sun.misc.Unsafe unsafe() throws ReflectiveOperationException {
        Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        return (sun.misc.Unsafe) field.get(null);
    }
}
