package dev.trainyard.trainer.imports;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.TrainingDevice;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.ImportSource;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.keras.KerasImport;
import dev.trainyard.trainer.onnx.ImportedOnnx;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trust.TrustEvaluator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The process that checks one imported file: it reads the file, converts it to the format that predictors serve, and
 * runs that as they do. It works in its own folder, which holds the file and the result, and has no access to the
 * platform.
 */
public final class CheckMain {
    static final String FILE = "file";
    static final String MODEL = "model.onnx";
    static final String REPORT = "report.json";
    /** Prefix of output lines that name the current step, so that a crash can be attributed to it. */
    static final String STEP = "@step ";

    /** Factor for loading an original file, which includes reading it and its first runs. */
    private static final int LOADING = 5;

    private static final String SERVED = "SERVED";
    private static final long PARENT_MILLIS = 500;
    static final int PARENT_GONE_STATUS = 72;

    private CheckMain() {}

    /**
     * Parameters of a check, including its limits.
     *
     * @param format null for a model that was already checked, in the format that predictors serve
     * @param parent id of the process that waits for the result
     */
    record CheckRequest(
            ImportSource.@Nullable Format format,
            ImageShape shape,
            int classes,
            double runSeconds,
            long runMemory,
            long parent) {
        List<String> arguments() {
            return List.of(
                    format == null ? SERVED : format.name(),
                    String.valueOf(shape.channels()),
                    String.valueOf(shape.height()),
                    String.valueOf(shape.width()),
                    String.valueOf(classes),
                    String.valueOf(runSeconds),
                    String.valueOf(runMemory),
                    String.valueOf(parent));
        }

        static CheckRequest of(String[] args) {
            return new CheckRequest(
                    args[0].equals(SERVED) ? null : ImportSource.Format.valueOf(args[0]),
                    new ImageShape(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3])),
                    Integer.parseInt(args[4]),
                    Double.parseDouble(args[5]),
                    Long.parseLong(args[6]),
                    Long.parseLong(args[7]));
        }
    }

    public static void main(String[] args) throws IOException {
        CheckRequest request = CheckRequest.of(args);
        endWithParent(request.parent());
        OrtEnvironment.getEnvironment(); // unpacks its library, which must not count as part of a step
        StepWatchdog watch = new StepWatchdog(request.runMemory(), CheckMain::end);
        try {
            write(check(request, Files.readAllBytes(Path.of(FILE)), watch));
        } catch (RejectedModelException e) {
            write(CheckReport.refusal(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            // readers cannot foresee all damage; a retry would end in the same way
            write(new CheckReport(
                    "The file has an unsupported format; export the model again, or with another tool.",
                    null,
                    0,
                    List.of("%s at %s".formatted(e, e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0]))));
        }
        // threads of native libraries may still run
        Runtime.getRuntime().halt(0);
    }

    private static CheckReport check(CheckRequest request, byte[] file, StepWatchdog watch)
            throws RejectedModelException, IOException {
        if (request.format() == null) {
            TrialRuns.ofServed(file, request.shape(), request.classes(), watch, request.runSeconds());
            return new CheckReport(null, null, 0, watch.notes());
        }
        byte[] onnx = file;
        String madeBy = null;
        if (request.format() == ImportSource.Format.KERAS_H5) {
            System.out.println(STEP + "the HDF5 file was read");
            new Dl4jEngine().use(TrainingDevice.CPU); // a GPU needs more memory than a check may take
            KerasImport.Converted keras = KerasImport.read(Path.of(FILE), request.shape(), request.classes());
            onnx = keras.onnx();
            madeBy = keras.madeBy();
        }
        System.out.println(STEP + "the ONNX file was read");
        ImageDataset images = new TrialImages(request.shape()).drawings(ExportGate.IMAGES);
        byte[] original = onnx;
        try (ImportedOnnx model = watch.run(
                "it was loaded as it came",
                LOADING * request.runSeconds(),
                () -> ImportedOnnx.read(original, images, request.classes()))) {
            TrialRuns.of(model.exportOnnx(), request.shape(), request.classes(), watch, request.runSeconds());
            System.out.println(STEP + "it was compared with the converted model");
            double difference =
                    OnnxExportGate.difference(model.probabilities(images), model.exportedProbabilities(images));
            // not "greater than", so that NaN is refused too
            if (!(difference <= ExportGate.TOLERANCE)) {
                throw new RejectedModelException(
                        "The converted model gives other results, by up to %s; export it with an open first dimension."
                                .formatted(difference));
            }
            if (request.format() == ImportSource.Format.KERAS_H5) {
                requireSecondOpinion(model, images);
            }
            Files.write(Path.of(MODEL), model.exportOnnx());
            return new CheckReport(null, madeBy == null ? model.madeBy() : madeBy, model.parameters(), watch.notes());
        } catch (OrtException e) {
            throw new RejectedModelException("ONNX Runtime does not run the model: %s".formatted(e.getMessage()), e);
        }
    }

    /** Compares with DL4J, which reads the file with independent code. */
    private static void requireSecondOpinion(ImportedOnnx model, ImageDataset images) throws RejectedModelException {
        System.out.println(STEP + "it was compared with DL4J's reading of the file");
        Optional<float[][]> opinion = KerasImport.secondOpinion(Path.of(FILE), images);
        float[][] own = model.probabilities(images);
        if (opinion.isEmpty() || opinion.get()[0].length != own[0].length) {
            return; // DL4J's fault, as what is published is checked without it
        }
        float[][] answers = opinion.get();
        if (model.endsWithLogits()) {
            for (int row = 0; row < answers.length; row++) {
                answers[row] = TrustEvaluator.probabilities(answers[row], 0, answers[row].length, 1);
            }
        }
        double difference = OnnxExportGate.difference(answers, own);
        if (!(difference <= ExportGate.TOLERANCE)) {
            throw new RejectedModelException(
                    "The converted model gives other results than DL4J's import, by up to %s; export it as ONNX (tf2onnx) and import that."
                            .formatted(difference));
        }
    }

    private static void end(String refusal) {
        write(CheckReport.refusal(refusal));
        Runtime.getRuntime().halt(0);
    }

    /** Writes the report atomically. */
    private static synchronized void write(CheckReport report) {
        Path part = Path.of(REPORT + ".part");
        try {
            Files.write(part, WireJson.write(report));
            Files.move(part, Path.of(REPORT), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the report could not be written", e);
        }
    }

    /** Ends this process when its trainer dies, because a killed trainer cannot end it. */
    private static void endWithParent(long parent) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (ProcessHandle.current()
                                .parent()
                                .filter(p -> p.pid() == parent)
                                .isPresent()) {
                            Thread.sleep(PARENT_MILLIS);
                        }
                        Runtime.getRuntime().halt(PARENT_GONE_STATUS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "parent");
        watch.setDaemon(true);
        watch.start();
    }
}
