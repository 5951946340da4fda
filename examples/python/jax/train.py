"""A network of two layers in JAX on the credit table: is a loan paid back?

JAX takes the devices that JAX_PLATFORMS names; the configuration passes that variable on.
"""

import csv
import functools

import jax
import jax.numpy as jnp
import numpy as np

import cifer_trainer

# What the columns can hold, the same for everybody: words, or about the largest number.
WORDS = {"Home": ["rent", "owner", "private", "parents", "priv", "other", "ignore"],
         "Marital": ["single", "married", "widow", "separated", "divorced"], "Records": ["no", "yes"],
         "Job": ["fixed", "freelance", "partime", "others"]}
LARGEST = {"Seniority": 20, "Time": 60, "Age": 60, "Expenses": 100, "Income": 300, "Assets": 20000, "Debt": 5000,
           "Amount": 2000, "Price": 3000}


def features(row):
    numbers = [float(row[name] or 0) / largest for name, largest in LARGEST.items()]
    missing = [float(row[name] == "") for name in LARGEST]
    return numbers + missing + [float(row[name] == word) for name, words in WORDS.items() for word in words]


def data(path, purpose):
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([features(row) for row in rows], np.float32), np.array([row["Status"] == "good" for row in rows])


def output(model, x):
    return (jnp.tanh(x @ model["w1"] + model["b1"]) @ model["w2"] + model["b2"])[:, 0]


def loss(model, x, y):
    return jnp.logaddexp(0, jnp.where(y, -1, 1) * output(model, x)).mean()


@functools.partial(jax.jit, donate_argnums=0)
def step(model, x, y, rate):
    return jax.tree.map(lambda value, gradient: value - rate * gradient, model, jax.grad(loss)(model, x, y))


# ---- what makes it a trainer
def initial(seed):
    first, second = jax.random.split(jax.random.key(seed))
    inputs = 2 * len(LARGEST) + sum(map(len, WORDS.values()))
    return {"w1": jax.random.normal(first, (inputs, 16)) / inputs**0.5, "b1": jnp.zeros(16),
            "w2": jax.random.normal(second, (16, 1)) / 4, "b2": jnp.zeros(1)}


def train(model, data, config):
    (x, y), order = data, np.random.default_rng(config.seed)
    model = {name: jnp.array(array) for name, array in model.items()}
    for epoch in range(config.local_epochs):
        shuffled = order.permutation(len(x))[: len(x) // config.batch_size * config.batch_size]
        for batch in shuffled.reshape(-1, config.batch_size):
            model = step(model, x[batch], y[batch], config.learning_rate)
        config.progress(epoch + 1, config.local_epochs)
    return model


def evaluate(model, data):
    x, y = data
    return {"loss": loss(model, x, y), "accuracy": ((output(model, x) > 0) == y).mean()}


if __name__ == "__main__":
    cifer_trainer.serve(initial, data, train, evaluate, examples=lambda data: len(data[1]))
