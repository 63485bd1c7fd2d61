package dev.trainyard.benchmarks.trust;

import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.dataset.UnlabelledImages;
import dev.trainyard.trust.TrustMetrics;
import dev.trainyard.trust.TrustVerdict;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Evaluates a model's trust pack: calibration and coverage on MNIST's test split, and the share of images without
 * digits that are accepted, for generated and given sets.
 */
public final class TrustBenchmark {
    private static final int GENERATED = 1_000;
    private static final int FONTS = 40;
    private static final int LARGEST_SIDE = 1_024;

    private TrustBenchmark() {}

    /**
     * @param home the clone
     * @param args {@code --model FILE}, and any number of {@code --images NAME=FILE.npz} (grey arrays, used directly
     *     and as PNG) and {@code --pictures NAME=FOLDER} (PNG and JPEG files, each whole and its four quarters)
     */
    public static void run(Path home, List<String> args) throws Exception {
        Path onnx = BundledModel.folder(home).resolve("model.onnx");
        List<ImageSet> sets = new ArrayList<>(generated());
        for (int i = 0; i + 1 < args.size(); i += 2) {
            String value = args.get(i + 1);
            String name = value.substring(0, Math.max(0, value.indexOf('=')));
            Path path = Path.of(value.substring(value.indexOf('=') + 1));
            switch (args.get(i)) {
                case "--model" -> onnx = Path.of(value);
                case "--images" -> sets.addAll(arrays(name, UnlabelledImages.read(path)));
                case "--pictures" -> sets.add(ImageSet.ofImages(name, files(path)));
                default -> throw new IllegalArgumentException("unknown option " + args.get(i));
            }
        }
        print(
                new EvaluatedModel(onnx),
                MnistNpz.read(home.resolve("data/mnist.npz")).test(),
                sets);
    }

    private static void print(EvaluatedModel model, ImageDataset test, List<ImageSet> sets) throws Exception {
        List<TrustVerdict> digits = model.evaluate(test.pixels());
        TrustMetrics figures = TrustMetrics.of(digits, test.labels());
        System.out.println("| MNIST's test split | measured | target |\n|---|---|---|");
        row("accepted", percent(figures.acceptance()), "95 ± 1 %");
        row("accuracy of what is accepted", percent(figures.accuracyAccepted()), "");
        row("coverage of `prediction_set`", percent(figures.coverage()), "95 ± 1 %");
        row("mean size of a set that is not empty", Table.format("%.3f", figures.meanSetSize()), "");
        row("expected calibration error, 15 bins", Table.format("%.4f", figures.calibrationError()), "≤ 0.01");
        System.out.println("\n| no digits | images | accepted | AUROC |\n|---|---|---|---|");
        for (ImageSet set : sets) {
            List<TrustVerdict> verdicts = model.evaluate(set.pixels());
            System.out.printf(
                    "| %s | %,d | %s | %s |%n",
                    set.name(),
                    set.size(),
                    percent(EvaluatedModel.acceptance(verdicts)),
                    Table.format("%.4f", EvaluatedModel.auroc(digits, verdicts)));
        }
    }

    private static void row(String what, String measured, String wanted) {
        System.out.printf("| %s | %s | %s |%n", what, measured, wanted);
    }

    private static String percent(double share) {
        return Table.format("%.2f %%", 100 * share);
    }

    private static List<ImageSet> generated() {
        List<ImageSet> sets = new ArrayList<>();
        both(sets, "uniform noise", GeneratedImages.uniform(GENERATED));
        both(sets, "Gaussian noise", GeneratedImages.gaussian(GENERATED));
        both(sets, "salt and pepper", GeneratedImages.saltAndPepper(GENERATED));
        both(sets, "blurred noise", GeneratedImages.smooth(GENERATED, 1));
        both(sets, "low-frequency noise", GeneratedImages.smooth(GENERATED, 3));
        both(sets, "blank, greys and gradients", GeneratedImages.blanks());
        sets.add(ImageSet.ofImages("textures, as PNG", GeneratedImages.textures(GENERATED)));
        sets.add(ImageSet.ofImages("shapes, as PNG", DrawnImages.shapes(GENERATED)));
        List<BufferedImage> letters = DrawnImages.letters(FONTS);
        if (!letters.isEmpty()) {
            sets.add(ImageSet.ofImages("letters of this machine's fonts, as PNG", letters));
        }
        return sets;
    }

    private static List<ImageSet> arrays(String name, UnlabelledImages array) {
        List<byte[]> images =
                IntStream.range(0, array.count()).mapToObj(array::image).toList();
        List<ImageSet> sets = new ArrayList<>();
        if (array.width() == 28 && array.height() == 28) {
            sets.add(ImageSet.ofArrays(name + ", as arrays", images));
        }
        sets.add(ImageSet.ofImages(
                name + ", as PNG",
                images.stream()
                        .map(pixels -> ImageSet.grey(array.width(), array.height(), pixels))
                        .toList()));
        return sets;
    }

    private static void both(List<ImageSet> sets, String name, List<byte[]> arrays) {
        sets.addAll(arrays(name, joined(arrays)));
    }

    private static UnlabelledImages joined(List<byte[]> arrays) {
        return new UnlabelledImages(
                arrays.size(), 28, 28, ImageSet.ofArrays("", arrays).pixels());
    }

    private static List<BufferedImage> files(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.filter(file -> file.toString().matches("(?i).*\\.(png|jpe?g)"))
                    .sorted()
                    .toList();
        }
        List<BufferedImage> images = new ArrayList<>();
        for (Path file : files) {
            BufferedImage whole = rgb(ImageIO.read(file.toFile()));
            int width = whole.getWidth() / 2;
            int height = whole.getHeight() / 2;
            images.add(whole);
            if (width > 0 && height > 0) {
                for (int quarter = 0; quarter < 4; quarter++) {
                    images.add(whole.getSubimage(quarter % 2 * width, quarter / 2 * height, width, height));
                }
            }
        }
        return images;
    }

    private static BufferedImage rgb(BufferedImage image) {
        double scale = Math.min(1, (double) LARGEST_SIDE / Math.max(image.getWidth(), image.getHeight()));
        int width = Math.max(1, (int) (image.getWidth() * scale));
        int height = Math.max(1, (int) (image.getHeight() * scale));
        BufferedImage rgb = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var g = rgb.createGraphics();
        g.setRenderingHint(
                java.awt.RenderingHints.KEY_INTERPOLATION, java.awt.RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        g.drawImage(image, 0, 0, width, height, null);
        g.dispose();
        return rgb;
    }
}
