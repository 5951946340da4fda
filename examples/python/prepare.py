"""Deals real data to three clients and a coordinator, and writes their configurations.

    prepare.py DATA SETTINGS FOLDER

Each fifth example (of texts: each fifth speaker) is test data and goes to the coordinator; the others are
dealt in turn. FOLDER/pooled.* is what all clients have together, for the comparison.
"""

import csv
import gzip
import json
import os
import sys

import numpy as np

CLIENTS = 3


def parts(count):
    """Indices of the test data, then of each client."""
    train = [i for i in range(count) if i % 5 != 4]
    return [[i for i in range(count) if i % 5 == 4]] + [train[client::CLIENTS] for client in range(CLIENTS)]


def deal(source, names):
    extension = source[source.index(".", source.rindex("/")):]
    if extension == ".npz":
        deal_images(source, names)
    else:
        deal_lines(source, extension, names)
    return extension


def deal_images(source, names):
    with np.load(source) as file:
        x, y, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    shuffled = np.random.default_rng(1).permutation(len(x))  # the file is sorted by class
    test, *clients = names
    for name, indices in zip(clients, np.array_split(shuffled, CLIENTS)):
        np.savez(name("npz"), x=x[indices], y=y[indices])
    np.savez(pooled(names)("npz"), x=x[shuffled], y=y[shuffled])
    np.savez(test("npz"), x=x_test, y=y_test)


def deal_lines(source, extension, names):
    opened = gzip.open if extension.endswith(".gz") else open
    with opened(source, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    head, rows = ([], lines) if ".jsonl" in extension else (lines[:1], lines[1:])
    if head:
        groups = [[row] for row in rows]
    else:
        speakers = {}
        for row in rows:
            speakers.setdefault(json.loads(row)["client"], []).append(row)
        groups = list(speakers.values())
    dealt = [[row for i in indices for row in groups[i]] for indices in parts(len(groups))]
    for name, chosen in zip([*names, pooled(names)], [*dealt, [row for part in dealt[1:] for row in part]]):
        with opened(name(extension[1:]), "wt", encoding="utf-8") as file:
            file.writelines(head + chosen)


def pooled(names):
    return lambda extension: os.path.join(os.path.dirname(os.path.dirname(names[0](extension))), "pooled." + extension)


def main(source, settings, folder):
    places = ["hub", *("client-%d" % client for client in range(1, CLIENTS + 1))]
    for place in places:
        os.makedirs(os.path.join(folder, place), exist_ok=True)
    names = [lambda extension, place=place: os.path.join(folder, place, "data." + extension) for place in places]
    extension = deal(os.path.abspath(source), names)
    with open(settings, encoding="utf-8") as file:
        run = json.load(file)
    python = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + "/python"
    common = {"ip_address": "https://localhost", "port": int(os.environ.get("PORT", "5000")),
              "certfile": "certificate.pem", "keyfile": "private_key.pem", "dataset_path": "data" + extension,
              "patience": 120, "trainer_environment": ["PATH", "PYTHONPATH=" + python, "JAX_PLATFORMS",
                                                       "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS=1"]}
    for number, place in enumerate(places):
        own = {"seed": number} if number else {"n_round_clients": CLIENTS, "model_path": "model.safetensors", **run}
        name = "config.json" if number else "server.json"
        with open(os.path.join(folder, place, name), "w", encoding="utf-8") as file:
            json.dump({**common, **own}, file, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
