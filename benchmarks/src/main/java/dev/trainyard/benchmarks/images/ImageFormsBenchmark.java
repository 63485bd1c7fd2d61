package dev.trainyard.benchmarks.images;

import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.benchmarks.trust.EvaluatedModel;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngException;
import dev.trainyard.image.PngFile;
import dev.trainyard.image.PngWriter;
import dev.trainyard.image.testing.DigitForms;
import dev.trainyard.trust.TrustVerdict;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Evaluates the bundled model on MNIST's test images in every form of {@link DigitForms}, and measures the decoder. */
public final class ImageFormsBenchmark {
    private static final int IMAGES = 500;
    private static final int SIZE = DigitImageDecoder.SIDE * DigitImageDecoder.SIDE;
    private static final int ROUNDS = 15;

    private ImageFormsBenchmark() {}

    /** One form of all images. */
    private static final class Form {
        private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
        private final List<Double> micros = new ArrayList<>();

        void add(byte[] png) throws PngException {
            long started = System.nanoTime();
            seen.writeBytes(DigitImageDecoder.decode(png));
            micros.add((System.nanoTime() - started) / 1e3);
        }
    }

    /** @param home the clone */
    public static void run(Path home) throws Exception {
        EvaluatedModel model = new EvaluatedModel(BundledModel.folder(home).resolve("model.onnx"));
        ImageDataset test = MnistNpz.read(home.resolve("data/mnist.npz")).test();
        Map<String, Form> forms = new LinkedHashMap<>();
        for (int i = 0; i < IMAGES; i++) {
            byte[] digit = Arrays.copyOfRange(test.pixels(), i * SIZE, (i + 1) * SIZE);
            forms.computeIfAbsent("as it is", name -> new Form())
                    .add(PngWriter.grey(DigitImageDecoder.SIDE, DigitImageDecoder.SIDE, digit));
            Map<String, byte[]> others = new LinkedHashMap<>(DigitForms.encodings(digit));
            others.putAll(DigitForms.drawings(digit, i));
            for (Map.Entry<String, byte[]> other : others.entrySet()) {
                forms.computeIfAbsent(other.getKey(), name -> new Form()).add(other.getValue());
            }
        }
        System.out.println("| form | right | accepted as a digit | decoded in, median |\n|---|---|---|---|");
        for (Map.Entry<String, Form> form : forms.entrySet()) {
            List<TrustVerdict> verdicts = model.evaluate(form.getValue().seen.toByteArray());
            int right = 0;
            for (int i = 0; i < IMAGES; i++) {
                right += verdicts.get(i).prediction() == test.labels()[i] ? 1 : 0;
            }
            System.out.println(Table.format(
                    "| %s | %.1f %% | %.1f %% | %s |",
                    form.getKey(),
                    100.0 * right / IMAGES,
                    100 * EvaluatedModel.acceptance(verdicts),
                    time(Table.median(form.getValue().micros))));
        }
        System.out.println("\n| the largest images | file | decoded in, median |\n|---|---|---|");
        for (int side : new int[] {1024, 4096}) {
            large("a digit on %1$d×%1$d, 8-bit grey".formatted(side), drawing(test, side));
            large("noise, %1$d×%1$d, 8-bit grey".formatted(side), noise(side));
        }
    }

    private static void large(String name, byte[] png) throws PngException {
        if (png.length > PngFile.MAX_BYTES) {
            return;
        }
        List<Double> micros = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            long started = System.nanoTime();
            DigitImageDecoder.decode(png);
            micros.add((System.nanoTime() - started) / 1e3);
        }
        System.out.println(Table.format("| %s | %,d bytes | %s |", name, png.length, time(Table.median(micros))));
    }

    private static byte[] drawing(ImageDataset test, int side) {
        byte[] pixels = new byte[side * side];
        int scale = side / 64;
        for (int i = 0; i < pixels.length; i++) {
            int x = i % side / scale - 18;
            int y = i / side / scale - 18;
            boolean inside = x >= 0 && y >= 0 && x < DigitImageDecoder.SIDE && y < DigitImageDecoder.SIDE;
            pixels[i] = (byte) (255 - (inside ? test.pixels()[y * DigitImageDecoder.SIDE + x] & 0xff : 0));
        }
        return PngWriter.grey(side, side, pixels);
    }

    private static byte[] noise(int side) {
        byte[] pixels = new byte[side * side];
        new Random(1).nextBytes(pixels);
        return PngWriter.grey(side, side, pixels);
    }

    private static String time(double micros) {
        return micros < 1_000 ? Table.format("%.0f µs", micros) : Table.format("%.1f ms", micros / 1_000);
    }
}
