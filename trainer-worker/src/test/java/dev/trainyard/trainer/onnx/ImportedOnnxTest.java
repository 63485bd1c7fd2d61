package dev.trainyard.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferencePredictions;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.variant.DenseModels;
import dev.trainyard.trust.TrustPack;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ImportedOnnxTest {
    private static final ImageDataset IMAGES = Digits.test(64);

    @Test
    void aFileOfTf2onnxGivesThePredictionsOfKerasInTheServedFormat() throws Exception {
        ReferencePredictions keras = ReferencePredictions.read(ImportedFiles.path("conv.npz"), 28, 28, 10);
        try (ImportedOnnx model = read(ImportedFiles.read("conv.onnx"))) {
            float[][] answers = model.probabilities(keras.images());
            for (int row = 0; row < answers.length; row++) {
                for (int i = 0; i < 10; i++) {
                    assertThat(Math.abs(answers[row][i] - keras.probabilities()[row][i]))
                            .isLessThanOrEqualTo(1e-5f);
                }
            }
            ModelProto ours = ModelProto.parseFrom(model.exportOnnx());
            assertThat(ours.getGraph().getInputList())
                    .extracting(OnnxMl.ValueInfoProto::getName)
                    .containsExactly("image");
            assertThat(ours.getGraph().getOutputList())
                    .extracting(OnnxMl.ValueInfoProto::getName)
                    .containsExactly("probabilities", "logits");
            assertThat(OnnxExportGate.difference(model.probabilities(IMAGES), model.exportedProbabilities(IMAGES)))
                    .isLessThanOrEqualTo(ExportGate.TOLERANCE);
        }
    }

    @Test
    void aSoftmaxIsAddedToLogits() throws Exception {
        byte[] logits = changed(own(), model -> {
            OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
            graph.removeNode(graph.getNodeCount() - 1)
                    .clearOutput()
                    .addOutput(OnnxExporter.value(TrustPack.LOGITS, 10));
        });
        try (ImportedOnnx bare = read(logits);
                ImportedOnnx whole = read(own())) {
            assertThat(bare.probabilities(IMAGES)[5]).containsExactly(whole.probabilities(IMAGES)[5], offset(1e-6f));
            assertThat(OnnxExportGate.difference(whole.probabilities(IMAGES), bare.exportedProbabilities(IMAGES)))
                    .isLessThanOrEqualTo(ExportGate.TOLERANCE);
        }
    }

    @Test
    void inputsMayBeFlatChannelsLastOrWithoutChannel() throws Exception {
        for (int[] shape : new int[][] {{784}, {28, 28}, {28, 28, 1}}) {
            byte[] other = changed(own(), model -> {
                OnnxMl.TensorShapeProto.Builder extents = model.getGraphBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .getShapeBuilder();
                OnnxMl.TensorShapeProto.Dimension batch = extents.getDim(0);
                extents.clearDim().addDim(batch);
                for (int extent : shape) {
                    extents.addDimBuilder().setDimValue(extent);
                }
            });
            try (ImportedOnnx model = read(other);
                    ImportedOnnx whole = read(own())) {
                assertThat(model.probabilities(IMAGES)[5])
                        .containsExactly(whole.probabilities(IMAGES)[5], offset(1e-6f));
                assertThat(OnnxExportGate.difference(whole.probabilities(IMAGES), model.exportedProbabilities(IMAGES)))
                        .as("served as [N,1,28,28]")
                        .isLessThanOrEqualTo(ExportGate.TOLERANCE);
            }
        }
    }

    @Test
    void trustPacksInImportedFilesAreDropped() throws Exception {
        byte[] forged = EdgeDetectorGraph.withMetadata(own(), TrustPack.ONNX_KEY, "{\"v\":1}");
        try (ImportedOnnx model = read(forged)) {
            assertThat(ModelProto.parseFrom(model.exportOnnx()).getMetadataPropsList())
                    .isEmpty();
        }
    }

    @Test
    void unsupportedFilesAreRejectedWithAdvice() throws Exception {
        refuse("not an ONNX model", new byte[] {1, 2, 3});
        refuse("not an ONNX model", new byte[0]);
        refuse("opset 6; export it with one from 7 to 21", changed(own(), m -> m.getOpsetImportBuilder(0)
                .setVersion(6)));
        refuse("opset 22", changed(own(), m -> m.getOpsetImportBuilder(0).setVersion(22)));
        refuse("domain com.example", changed(own(), m -> node(m, 0).setDomain("com.example")));
        refuse("are in another file", changed(own(), m -> m.getGraphBuilder()
                .getInitializerBuilder(0)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)));
        refuse("are in another file", changed(own(), m -> m.getGraphBuilder()
                .getInitializerBuilder(0)
                .addExternalData(OnnxMl.StringStringEntryProto.newBuilder()
                        .setKey("location")
                        .setValue("/etc/passwd"))));
        refuse("contains a subgraph", changed(own(), m -> node(m, 0)
                .addAttribute(
                        OnnxMl.AttributeProto.newBuilder().setName("body").setG(OnnxMl.GraphProto.newBuilder()))));
        refuse("1,001 operators", changed(own(), m -> {
            while (m.getGraph().getNodeCount() < 1_001) {
                m.getGraphBuilder().addNode(m.getGraph().getNode(0));
            }
        }));
        refuse("32", new byte[OnnxFile.MAX_BYTES + 1]);
        refuse("2 inputs", changed(own(), m -> m.getGraphBuilder().addInput(OnnxExporter.value("more", 1))));
        refuse("3 outputs", DenseModels.model(0, 1));
        refuse("fixed number of images", changed(own(), m -> extent(m, 0).setDimValue(4)));
        refuse("[1, 32, 28]", changed(own(), m -> extent(m, 2).setDimValue(32)));
        refuse("not float32", changed(own(), m -> m.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.UINT8_VALUE)));
        refuse("ends with Sigmoid", changed(own(), m -> node(m, m.getGraph().getNodeCount() - 1)
                .setOpType("Sigmoid")
                .clearAttribute()));
        refuse("softmax is over axis 0", changed(own(), m -> node(
                        m, m.getGraph().getNodeCount() - 1)
                .clearAttribute()
                .addAttribute(OnnxProtos.integer("axis", 0))));
        refuse("Operator NoSuchOperator (node flatten_0) is not among the supported", changed(own(), m -> node(m, 0)
                .setOpType("NoSuchOperator")));
    }

    /** It has as many output values as a model that ends with a flat layer. */
    @Test
    void aModelEndingWithConvolutionsIsRejectedWithAHintToFlatten() {
        refuse("shape [1, 10, 1, 1] for 1 image(s); expected [1, 10]. Flatten", changed(own(), model -> {
            OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
            int last = graph.getNodeCount() - 1;
            graph.addInitializer(OnnxProtos.longs("apart", new long[] {0, 10, 1, 1}, 4))
                    .addNode(
                            last,
                            OnnxProtos.node(
                                    "Reshape", "map", graph.getNode(last).getInput(0), "apart"))
                    .getNodeBuilder(last + 1)
                    .setInput(0, "map");
            graph.clearOutput().addOutput(OnnxExporter.value("probabilities", 10, 1, 1));
        }));
    }

    @Test
    void cyclesAndOperatorsWithoutInputsAreRejected() {
        refuse(
                "Operator Identity (node probabilities) uses circle, which no operator before it produces",
                changed(own(), model -> {
                    OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
                    graph.removeNode(graph.getNodeCount() - 1)
                            .addNode(OnnxProtos.node("Identity", "probabilities", "circle"))
                            .addNode(OnnxProtos.node("Identity", "circle", "probabilities"));
                }));
        refuse("has no input", changed(own(), model -> node(
                        model, model.getGraph().getNodeCount() - 1)
                .clearInput()));
    }

    /** ONNX Runtime would read the external file. */
    @Test
    void sparseWeightsAreRejectedAnywhere() {
        OnnxMl.SparseTensorProto sparse = OnnxMl.SparseTensorProto.newBuilder()
                .setValues(TensorProto.newBuilder()
                        .setName("secret")
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(OnnxMl.StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("secret")))
                .build();
        refuse("contains sparse weights", changed(own(), model -> node(model, 0)
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("sparse_value")
                        .setSparseTensor(sparse))));
        refuse("contains sparse weights", changed(own(), model -> node(model, 0)
                .addAttribute(OnnxMl.AttributeProto.newBuilder().setName("many").addSparseTensors(sparse))));
        refuse("sparse weights", changed(own(), model -> model.getGraphBuilder().addSparseInitializer(sparse)));
        refuse("functions", changed(own(), model -> model.addFunctions(OnnxMl.FunctionProto.newBuilder())));
    }

    @Test
    void externalWeightsAreRejectedAnywhere() throws Exception {
        refuse("are in another file", changed(own(), m -> node(m, 0)
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("value")
                        .setT(TensorProto.newBuilder().setDataLocation(TensorProto.DataLocation.EXTERNAL)))));
        refuse("are in another file", changed(own(), m -> node(m, 0)
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("values")
                        .addTensors(TensorProto.newBuilder().setDataLocation(TensorProto.DataLocation.EXTERNAL)))));
    }

    @Test
    void contentThatInferenceDoesNotNeedIsDropped() throws Exception {
        refuse("training information", changed(own(), m -> m.addTrainingInfoBuilder()));
        refuse("training information", changed(own(), m -> m.addFunctionsBuilder()
                .setName("hidden")));
        refuse("training information", changed(own(), m -> m.getGraphBuilder().addSparseInitializerBuilder()));
    }

    @Test
    void aModelLimitedToOneImageIsRejected() throws Exception {
        refuse("does not run with 2 image(s)", changed(own(), ImportedOnnxTest::takeOneImageAtATime));
    }

    /** Flattening reduces any number of images to one row. */
    private static void takeOneImageAtATime(ModelProto.Builder model) {
        model.getGraphBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("one")
                        .setDataType(TensorProto.DataType.INT64_VALUE)
                        .addDims(2)
                        .addInt64Data(1)
                        .addInt64Data(784));
        node(model, 0).setOpType("Reshape").clearAttribute().addInput("one");
    }

    @Test
    void aModelWithAnotherNumberOfClassesIsRejected() {
        assertThatThrownBy(() -> ImportedOnnx.read(own(), IMAGES, 12))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("shape [1, 10] for 1 image(s); expected [1, 12]");
    }

    private static void refuse(String sentence, byte[] onnx) {
        assertThatThrownBy(() -> read(onnx))
                .as(sentence)
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining(sentence);
    }

    private static ImportedOnnx read(byte[] onnx) throws RejectedModelException {
        return ImportedOnnx.read(onnx, IMAGES, 10);
    }

    /** A model of our exporter with only the output of probabilities, as written by other tools. */
    private static byte[] own() {
        return changed(DenseModels.model(0, 1), model -> {
            OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
            OnnxMl.ValueInfoProto probabilities = graph.getOutput(0);
            graph.clearOutput().addOutput(probabilities);
        });
    }

    private static byte[] changed(byte[] onnx, Consumer<ModelProto.Builder> change) {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        change.accept(model);
        return model.build().toByteArray();
    }

    private static OnnxMl.NodeProto.Builder node(ModelProto.Builder model, int index) {
        return model.getGraphBuilder().getNodeBuilder(index);
    }

    private static OnnxMl.TensorShapeProto.Dimension.Builder extent(ModelProto.Builder model, int index) {
        return model.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(index);
    }
}
