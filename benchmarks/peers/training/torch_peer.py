"""Trains one epoch for each line that it reads, and prints seconds of processor time of its thread and of the clock: the network `cnn` in PyTorch, on one thread."""

import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
data = np.load(sys.argv[1])
batch = int(sys.argv[2])
x = torch.from_numpy(data["x_train"]).to(torch.float32).unsqueeze(1) / 255
y = torch.from_numpy(data["y_train"].astype("i8"))


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


loss = torch.nn.CrossEntropyLoss()
for _ in sys.stdin:
    start, cpu = time.perf_counter(), time.thread_time()
    model = network()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    order = torch.randperm(len(x))
    for at in range(0, len(x), batch):
        chosen = order[at : at + batch]
        optimiser.zero_grad()
        loss(model(x[chosen]), y[chosen]).backward()
        optimiser.step()
    print(time.thread_time() - cpu, time.perf_counter() - start, flush=True)
