"""The same simulation in Flower: FedAvg over 1,000 clients of 16 images, 50 in a round, unencrypted, on Ray.

flower_peer.py DATA PARTITION ROUNDS OUT, where PARTITION has a row of image numbers for each client. Writes the seconds at which each round ended to OUT."""

import json
import logging
import os
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", RAY_USAGE_STATS_ENABLED="0", FLWR_TELEMETRY_ENABLED="0", RAY_DISABLE_DASHBOARD="1")
import flwr
import numpy as np
import torch
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg

data, partition, rounds, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
BATCH, RATE, PER_ROUND = 16, 0.05, 50


def network():
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 16, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(16 * 7 * 7, 64),
        torch.nn.ReLU(),
        torch.nn.Linear(64, 10),
    )


client = ClientApp()
loaded = {}


def examples(number):
    if not loaded:  # once in each actor
        torch.set_num_threads(1)
        arrays = np.load(data)
        loaded.update(x=arrays["x_train"], y=arrays["y_train"], parts=np.load(partition))
    rows = loaded["parts"][number]
    x = torch.from_numpy(loaded["x"][rows]).to(torch.float32).unsqueeze(1) / 255
    return x, torch.from_numpy(loaded["y"][rows].astype("i8"))


@client.train()
def train(message, context):
    x, y = examples(int(context.node_config["partition-id"]))
    model = network()
    model.load_state_dict(message.content["arrays"].to_torch_state_dict())
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE)
    optimiser.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    optimiser.step()
    content = RecordDict({"arrays": ArrayRecord(model.state_dict()), "metrics": MetricRecord({"num-examples": len(x)})})
    return Message(content=content, reply_to=message)


server = ServerApp()


@server.main()
def main(grid, context):
    ends = []
    strategy = FedAvg(fraction_train=PER_ROUND / len(np.load(partition)), fraction_evaluate=0.0, min_train_nodes=PER_ROUND, min_available_nodes=PER_ROUND)
    strategy.start(grid=grid, initial_arrays=ArrayRecord(network().state_dict()), num_rounds=rounds, evaluate_fn=lambda number, arrays: ends.append(time.time()))
    with open(out, "w") as file:
        json.dump(ends, file)


if __name__ == "__main__":
    logging.getLogger("flwr").setLevel(logging.ERROR)
    assert BATCH == np.load(partition).shape[1]
    flwr.simulation.run_simulation(server, client, num_supernodes=len(np.load(partition)), backend_config={"client_resources": {"num_cpus": 1, "num_gpus": 0.0}, "init_args": {"num_cpus": os.cpu_count()}})
