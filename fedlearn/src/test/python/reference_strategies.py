"""Writes the known answers that the tests of the strategies compare with, made by Flower's own classes.

    python -m venv v && v/bin/pip install flwr==1.42.0 numpy==2.4.6
    v/bin/python reference_strategies.py ../resources/strategies

Two files of lines `word number... = value...`: 20 rounds of recorded updates of four clients and the model that
each optimiser of Flower makes of them; and one round of eleven clients, two of them malicious, with what Flower's
robust rules make of it. The geometric median, which Flower lacks, is numpy's long Weiszfeld iteration in float64.

Where Flower departs from the paper, it is set back to the paper: the second moment starts at tau^2 instead of 0, and
FedAdam's correction for the start is divided out of its learning rate.
"""
import pathlib
import sys

import numpy as np
from flwr.common import Code, FitRes, Status, ndarrays_to_parameters, parameters_to_ndarrays
from flwr.server.strategy import FedAdagrad, FedAdam, FedAvgM, FedYogi
from flwr.server.strategy.aggregate import aggregate_bulyan, aggregate_krum, aggregate_median, aggregate_trimmed_avg

VALUES, ROUNDS, TAU = 12, 20, 1e-3
EXAMPLES = [10, 250, 33, 100]
random = np.random.default_rng(20)
out = pathlib.Path(sys.argv[1])


def line(word, *numbers, values):
    return " ".join([word, *map(str, numbers), "=", *(repr(float(v)) for v in values)]) + "\n"


def updates():
    return random.normal(0, 0.05, (ROUNDS, len(EXAMPLES), VALUES)).astype(np.float32) * np.geomspace(1e-3, 3, VALUES).astype(np.float32)


recorded = updates()
start = random.normal(0, 1, VALUES).astype(np.float32).astype(np.float64)


def strategies():
    initial = ndarrays_to_parameters([start])
    yield "fedavgm", FedAvgM(initial_parameters=initial, server_learning_rate=0.5, server_momentum=0.9)
    yield "fedadagrad", FedAdagrad(initial_parameters=initial, eta=0.01, tau=TAU)
    yield "fedadam", FedAdam(initial_parameters=initial, eta=0.01, beta_1=0.9, beta_2=0.99, tau=TAU)
    yield "fedyogi", FedYogi(initial_parameters=initial, eta=0.01, beta_1=0.9, beta_2=0.99, tau=TAU)


with open(out / "optimisers.txt", "w") as file:
    file.write(line("start", values=start))
    for r in range(ROUNDS):
        for c, n in enumerate(EXAMPLES):
            file.write(line("update", r + 1, c, n, values=recorded[r][c]))
    for name, strategy in strategies():
        model = start
        if name == "fedavgm":
            strategy.initialize_parameters(None)
        else:
            strategy.v_t = [np.full(VALUES, TAU**2)]
        for r in range(ROUNDS):
            if name == "fedadam":
                strategy.eta = 0.01 * (1 - 0.9 ** (r + 2)) / np.sqrt(1 - 0.99 ** (r + 2))
            results = [
                (None, FitRes(Status(Code.OK, ""), ndarrays_to_parameters([model + recorded[r][c].astype(np.float64)]), n, {}))
                for c, n in enumerate(EXAMPLES)
            ]
            parameters, _ = strategy.aggregate_fit(r + 1, results, [])
            model = parameters_to_ndarrays(parameters)[0]
            file.write(line(name, r + 1, values=model))

honest = random.normal(0.3, 0.1, (9, VALUES))
malicious = np.stack([np.full(VALUES, -40.0), honest.mean(0) * -4])
clients = np.vstack([honest, malicious]).astype(np.float32).astype(np.float64)


def results():
    """Afresh for each rule: aggregate_bulyan takes what it selects out of the list that it is given."""
    return [([c.copy()], 1) for c in clients]


def geometric_median():
    z = clients.mean(0)
    for _ in range(100_000):
        w = 1 / np.maximum(np.linalg.norm(clients - z, axis=1), 1e-12)
        z = (w[:, None] * clients).sum(0) / w.sum()
    return z


with open(out / "robust.txt", "w") as file:
    for c, values in enumerate(clients):
        file.write(line("update", 1, c, 1, values=values))
    file.write(line("krum", 2, values=aggregate_krum(results(), 2, 0)[0]))
    file.write(line("multikrum", 2, values=aggregate_krum(results(), 2, 9)[0]))
    file.write(line("bulyan", 2, values=aggregate_bulyan(results(), 2, aggregate_krum, to_keep=0)[0]))
    file.write(line("coordinate_median", 2, values=aggregate_median(results())[0]))
    file.write(line("trimmed_mean", 2, values=aggregate_trimmed_avg(results(), 2 / 11)[0]))
    file.write(line("geometric_median", 2, values=geometric_median()))
