"""What the training peers share: arguments, MNIST, schedule and the lines that the benchmark reads."""

import math
import pathlib
import sys
import time

import numpy

BATCH = 32
LEARNING_RATE = 0.001
ENGINE, NETWORK, ARCHIVE = sys.argv[1:4]
IMAGES, EPOCHS = int(sys.argv[4]), int(sys.argv[5])
FOLDER = pathlib.Path(sys.argv[6])
LENET = NETWORK == "lenet5"
DROPOUT = 0.2


def mnist():
    """Returns training images, labels, test images and labels; pixels from 0 to 1."""
    with numpy.load(ARCHIVE) as file:
        scaled = [file[name].astype("float32") / 255 for name in ("x_train", "x_test")]
        labels = [file[name].astype("int32") for name in ("y_train", "y_test")]
    return scaled[0][:IMAGES], labels[0][:IMAGES], scaled[1], labels[1]


def rate(epoch):
    """Half a cosine with one step per epoch, as in the trainer."""
    return LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * epoch / EPOCHS))


def orders():
    """A new random order of the images for each epoch."""
    random = numpy.random.default_rng(1)
    for _ in range(EPOCHS):
        yield random.permutation(IMAGES)


class EpochTimer:
    """Prints the rate of each epoch, and how many cores it used."""

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_):
        wall = time.perf_counter() - self.wall
        print("rate", IMAGES / wall, (time.process_time() - self.cpu) / wall, flush=True)


def report(right):
    print("accuracy", float(right), flush=True)
