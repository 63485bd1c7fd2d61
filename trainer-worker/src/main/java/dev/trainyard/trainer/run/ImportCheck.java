package dev.trainyard.trainer.run;

import dev.trainyard.job.ImportSource;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.engine.RejectedModelException;
import dev.trainyard.trainer.engine.TrainedModel;

/** Finds out whether a file is a model that predictors can run, without trusting it. */
public interface ImportCheck {
    /** Where nothing is imported. */
    ImportCheck NONE = new ImportCheck() {
        @Override
        public Checked check(ImportSource.Format format, byte[] file, ImageShape shape, int classes, Runnable step) {
            throw new IllegalStateException("this worker imports nothing");
        }

        @Override
        public void tryServed(byte[] onnx, ImageShape shape, int classes, Runnable step) {
            throw new IllegalStateException("this worker imports nothing");
        }
    };

    /**
     * A model that was checked.
     *
     * @param madeBy what made the file, such as {@code keras 2.15.0}
     */
    record Checked(TrainedModel model, String madeBy) {}

    /**
     * @param step runs several times a second; what it throws ends the check
     * @throws RejectedModelException if it is no such model
     * @throws TrainingFailedException if this worker could not check it
     */
    Checked check(ImportSource.Format format, byte[] file, ImageShape shape, int classes, Runnable step)
            throws RejectedModelException;

    /**
     * Runs a form of a checked model as predictors do: with its outlier detector, or with 8-bit integers.
     *
     * @throws RejectedModelException if they could not run it
     * @throws TrainingFailedException if this worker could not try it
     */
    void tryServed(byte[] onnx, ImageShape shape, int classes, Runnable step) throws RejectedModelException;
}
