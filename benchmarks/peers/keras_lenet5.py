"""LeNet-5 of the platform in Keras; channels last, as Keras needs on a processor."""

from keras import Sequential, layers


def lenet5():
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    return Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(6, 5, padding="same", **relu), layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, **relu), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(120, **relu), layers.Dense(84, **relu),
        layers.Dense(10, activation="softmax", kernel_initializer="glorot_normal"),
    ])
