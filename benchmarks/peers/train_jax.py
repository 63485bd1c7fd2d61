"""Trains with JAX: one compiled step for loss, gradients and Adam."""

from functools import partial

import job
import jax
import numpy
from jax import lax, nn
from jax import numpy as jnp


def parameters(key):
    if job.LENET:
        shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (400, 120), (120, 84), (84, 10)]
    else:
        shapes = [(784, 128), (128, 128), (128, 128), (128, 10)]
    drawn = []
    for shape in shapes:
        key, own = jax.random.split(key)
        inputs = int(numpy.prod(shape[1:])) if len(shape) == 4 else shape[0]
        outputs = shape[0] if len(shape) == 4 else shape[1]
        variance = 2 / (inputs + outputs) if outputs == 10 else 2 / inputs
        drawn.append((jax.random.normal(own, shape) * variance**0.5, jnp.zeros(outputs)))
    return drawn


def convolution(x, weights, padding):
    kernel, bias = weights
    out = nn.relu(lax.conv_general_dilated(x, kernel, (1, 1), [(padding, padding)] * 2) + bias[:, None, None])
    return lax.reduce_window(out, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def logits(weights, x, key=None):
    if job.LENET:
        x = convolution(convolution(x[:, None], weights[0], 2), weights[1], 0)
        weights = weights[2:]
    x = x.reshape(len(x), -1)
    for kernel, bias in weights[:-1]:
        x = nn.relu(x @ kernel + bias)
        if key is not None and not job.LENET:
            key, own = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(own, 1 - job.DROPOUT, x.shape), x / (1 - job.DROPOUT), 0)
    return x @ weights[-1][0] + weights[-1][1]


def loss(weights, x, y, key):
    return -jnp.mean(jnp.take_along_axis(nn.log_softmax(logits(weights, x, key)), y[:, None], 1))


@partial(jax.jit, donate_argnums=(0,))
def step(state, images, labels, batch, rate):
    weights, means, squares, count, key = state
    key, own = jax.random.split(key)
    value, gradients = jax.value_and_grad(loss)(weights, images[batch], labels[batch], own)
    count += 1
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
    scale = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    weights = jax.tree.map(lambda w, m, v: w - scale * m / (jnp.sqrt(v) + 1e-8), weights, means, squares)
    return (weights, means, squares, count, key), value


x, y, x_test, y_test = (jnp.asarray(part) for part in job.mnist())
drawn = parameters(jax.random.key(1))
zeros = jax.tree.map(jnp.zeros_like, drawn)
state = (drawn, zeros, jax.tree.map(jnp.zeros_like, drawn), jnp.float32(0), jax.random.key(2))
for epoch, order in enumerate(job.orders()):
    with job.EpochTimer():
        for start in range(0, len(order), job.BATCH):
            batch = order[start : start + job.BATCH]
            state, value = step(state, x, y, batch, job.rate(epoch))
        value.block_until_ready()
predict = jax.jit(lambda weights, images: logits(weights, images).argmax(1))
right = 0
for start in range(0, len(x_test), 500):
    part = slice(start, start + 500)
    right += int((predict(state[0], x_test[part]) == y_test[part]).sum())
job.report(right / len(x_test))
numpy.savez(job.FOLDER / "model.npz", *jax.tree.leaves(state[0]))
