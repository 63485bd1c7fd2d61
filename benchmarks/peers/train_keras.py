"""Trains with Keras `fit` on TensorFlow."""

import job
import keras
import tensorflow
from keras import layers
from keras_lenet5 import lenet5

tensorflow.config.threading.set_intra_op_parallelism_threads(1)
tensorflow.config.threading.set_inter_op_parallelism_threads(1)
keras.utils.set_random_seed(1)


def mlp():
    model = keras.Sequential([layers.Input((28, 28)), layers.Flatten()])
    for _ in range(3):
        model.add(layers.Dense(128, activation="relu", kernel_initializer="he_normal"))
        model.add(layers.Dropout(job.DROPOUT))
    model.add(layers.Dense(10, activation="softmax", kernel_initializer="glorot_normal"))
    return model


class Epochs(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.timer = job.EpochTimer()
        self.timer.__enter__()

    def on_epoch_end(self, epoch, logs=None):
        self.timer.__exit__()


x, y, x_test, y_test = job.mnist()
model = lenet5() if job.LENET else mlp()
model.compile(
    optimizer=keras.optimizers.Adam(job.LEARNING_RATE, epsilon=1e-8),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, _: job.rate(epoch))
model.fit(x, y, batch_size=job.BATCH, epochs=job.EPOCHS, verbose=0, callbacks=[schedule, Epochs()])
job.report(model.evaluate(x_test, y_test, batch_size=500, verbose=0)[1])
model.save(job.FOLDER / "model.keras")
