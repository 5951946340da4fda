"""Writes the known answers for the strategies that have a part at the clients, as the papers state them.

    python -m venv v && v/bin/pip install numpy==2.4.6
    v/bin/python reference_rules.py ../resources/strategies

Four clients, each with the loss sum_j a_j (w_j - b_j)^2 / 2 and steps of plain gradient descent, as many in each round
as STEPS says; in each of 20 rounds another client is missing. Everything is float64 and in the notation of the papers:
nothing here knows what is sent, summed or encrypted. One file of lines `word number... = value...`.
"""
import pathlib
import sys

import numpy as np

VALUES, ROUNDS, RATE = 12, 20, 0.05
EXAMPLES, STEPS = [10, 250, 33, 100], [1, 5, 3, 8]
random = np.random.default_rng(7)
a = random.uniform(0.2, 2, (4, VALUES)).astype(np.float32).astype(np.float64)
b = random.normal(0, 1, (4, VALUES)).astype(np.float32).astype(np.float64)
start = random.normal(0, 1, VALUES).astype(np.float32).astype(np.float64)
out = pathlib.Path(sys.argv[1])


def line(word, *numbers, values):
    return " ".join([word, *map(str, numbers), "=", *(repr(float(v)) for v in values)]) + "\n"


def loss(i, w):
    return 0.5 * float(np.sum(a[i] * (w - b[i]) ** 2))


def gradient(i, w):
    return a[i] * (w - b[i])


def sgd(i, w, extra=lambda y: 0.0, momentum=0.0):
    """y_i after STEPS[i] steps from w along gradient + extra."""
    y, v = w.copy(), np.zeros_like(w)
    for _ in range(STEPS[i]):
        v = momentum * v + gradient(i, y) + extra(y)
        y = y - RATE * v
    return y


def present(r):
    return [i for i in range(4) if i != r % 4]


def by_examples(clients, values):
    return sum(EXAMPLES[i] * values[i] for i in clients) / sum(EXAMPLES[i] for i in clients)


def fedprox(x, r, state, mu=0.5):
    S = present(r)
    return by_examples(S, {i: sgd(i, x, lambda y: mu * (y - x)) for i in S})


def fednova(momentum, mu):
    def step(x, r, state):
        S = present(r)
        n = sum(EXAMPLES[i] for i in S)
        d, norm, tau = {}, {}, {}
        for i in S:
            y = sgd(i, x, lambda y: mu * (y - x), momentum)
            k = np.arange(STEPS[i])
            if momentum:
                vector = (1 - momentum ** (STEPS[i] - k)) / (1 - momentum)
            else:
                vector = (1 - RATE * mu) ** (STEPS[i] - 1 - k)
            norm[i] = vector.sum()
            d[i] = (x - y) / (RATE * norm[i])
            tau[i] = STEPS[i] if mu else norm[i]
        tau_eff = sum(EXAMPLES[i] / n * tau[i] for i in S)
        return x - tau_eff * RATE * sum(EXAMPLES[i] / n * d[i] for i in S)

    return step


def scaffold(x, r, state, rate=0.8):
    c, own = state.setdefault("c", np.zeros(VALUES)), state.setdefault("own", np.zeros((4, VALUES)))
    S = present(r)
    dx, dc = [], []
    for i in S:
        y = sgd(i, x, lambda y: c - own[i])
        new = own[i] - c + (x - y) / (STEPS[i] * RATE)
        dx.append(y - x)
        dc.append(new - own[i])
        own[i] = new
    state["c"] = c + len(S) / 4 * np.mean(dc, axis=0)
    return x + rate * np.mean(dx, axis=0)


def feddyn(x, r, state, alpha=0.3):
    h, g = state.setdefault("h", np.zeros(VALUES)), state.setdefault("g", np.zeros((4, VALUES)))
    S = present(r)
    theta = []
    for i in S:
        y = sgd(i, x, lambda y: -g[i] + alpha * (y - x))
        g[i] = g[i] - alpha * (y - x)
        theta.append(y)
    state["h"] = h - alpha / 4 * sum(y - x for y in theta)
    return np.mean(theta, axis=0) - state["h"] / alpha


def qfedavg(x, r, state, q=1.5):
    L = 1 / RATE
    deltas, hs = [], []
    for i in present(r):
        F = loss(i, x)
        dw = L * (x - sgd(i, x))
        deltas.append(F**q * dw)
        hs.append(q * F ** (q - 1) * np.sum(dw**2) + L * F**q)
    return x - sum(deltas) / sum(hs)


def ditto(x, r, state, pull=0.4):
    v = state.setdefault("v", np.tile(x, (4, 1)) if r == 0 else None)
    fresh = state.setdefault("fresh", [True] * 4)
    S = present(r)
    for i in S:
        if fresh[i]:
            v[i], fresh[i] = x, False
        v[i] = sgd(i, v[i], lambda y: pull * (y - x))
    return by_examples(S, {i: sgd(i, x) for i in S})


with open(out / "rules.txt", "w") as file:
    file.write(line("start", values=start))
    for i in range(4):
        file.write(line("curvature", i, values=a[i]))
        file.write(line("optimum", i, values=b[i]))
    for name, step in [
        ("fedprox", fedprox),
        ("fednova", fednova(0, 0)),
        ("fednova_momentum", fednova(0.7, 0)),
        ("fednova_proximal", fednova(0, 0.5)),
        ("scaffold", scaffold),
        ("feddyn", feddyn),
        ("qfedavg", qfedavg),
        ("ditto", ditto),
    ]:
        w, state = start, {}
        for r in range(ROUNDS):
            w = step(w, r, state)
            file.write(line(name, r + 1, values=w))
        if name == "ditto":
            for i in range(4):
                file.write(line("personal", i, values=state["v"][i]))
