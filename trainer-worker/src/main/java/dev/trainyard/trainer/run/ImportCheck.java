package dev.trainyard.trainer.run;

import dev.trainyard.engine.TrainedModel;
import dev.trainyard.job.ImportSource;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.RejectedModelException;

/** Checks whether an untrusted file is a model that predictors can run. */
public interface ImportCheck {
    /** An instance for workers that do not import. */
    ImportCheck NONE = new ImportCheck() {
        @Override
        public Checked check(ImportSource.Format format, byte[] file, ImageShape shape, int classes, Runnable step) {
            throw new IllegalStateException("this worker does not import models");
        }

        @Override
        public void checkServed(byte[] onnx, ImageShape shape, int classes, Runnable step) {
            throw new IllegalStateException("this worker does not import models");
        }
    };

    /**
     * A model that was checked.
     *
     * @param madeBy producer of the file, such as {@code keras 2.15.0}
     */
    record Checked(TrainedModel model, String madeBy) {}

    /**
     * @param step called several times a second; an exception from it ends the check
     * @throws RejectedModelException if the file is not a supported model
     * @throws TrainingFailedException if this worker could not check it
     */
    Checked check(ImportSource.Format format, byte[] file, ImageShape shape, int classes, Runnable step)
            throws RejectedModelException;

    /**
     * Runs a variant of a checked model like predictors: with its outlier detector, or with 8-bit integers.
     *
     * @throws RejectedModelException if predictors could not run it
     * @throws TrainingFailedException if this worker could not try it
     */
    void checkServed(byte[] onnx, ImageShape shape, int classes, Runnable step) throws RejectedModelException;
}
