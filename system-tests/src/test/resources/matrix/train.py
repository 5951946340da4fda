"""The trainer program of ModelMatrixSystemTest, which reads each form of data by itself."""

import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cifer_trainer
import numpy as np
import torch
from net import Net

torch.set_num_threads(1)


def png(data):
    """The pixels of a grey PNG of 8 bits without interlacing."""
    width, height = struct.unpack(">II", data[16:24])
    at, packed = 8, b""
    while at < len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw, rows = zlib.decompress(packed), [[0] * width]
    for y in range(height):
        kind, line = raw[y * (width + 1)], list(raw[y * (width + 1) + 1 : (y + 1) * (width + 1)])
        for x in range(width):
            a, b, c = (line[x - 1] if x else 0), rows[-1][x], (rows[-1][x - 1] if x else 0)
            paeth = min((a, b, c), key=lambda value: abs(a + b - c - value))
            line[x] = (line[x] + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
        rows.append(line)
    return np.array(rows[1:], "u1")


def varint(data, at):
    value, shift = 0, 0
    while True:
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if not data[at - 1] & 128:
            return value, at


def members(data):
    """The members of a protobuf message whose wire types are 0 and 2."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            value, at = data[at : at + value], at + value
        yield key >> 3, value


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        length = struct.unpack("<Q", data[at : at + 8])[0]
        entries = [dict(members(entry)) for _, entry in members(dict(members(data[at + 12 : at + 12 + length]))[1])]
        yield {entry[1].decode(): entry[2] for entry in entries}
        at += 16 + length


def data(path, purpose):
    if path.endswith(".npz"):
        npz = np.load(path)
        x, y = npz["x"], npz["y"]
    elif path.endswith(".csv"):
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        x, y = table[:, :-1], table[:, -1]
    elif path.endswith(".tfrecord"):
        found = list(records(path))
        x = np.stack([png(dict(members(dict(members(each["image"]))[1]))[1]) for each in found])
        # Packed integers below 128 are single bytes.
        y = [dict(members(dict(members(each["label"]))[3]))[1][0] for each in found]
    else:
        files = [os.path.join(path, label, name) for label in os.listdir(path) for name in os.listdir(os.path.join(path, label))]
        x = np.stack([png(open(file, "rb").read()) for file in files])
        y = [int(file.split(os.sep)[-2]) for file in files]
    inputs = torch.tensor(np.asarray(x, "f4").reshape(-1, 14, 14) / 255)
    return inputs, torch.tensor(np.asarray(y, "i8"))


def train(model, data, config):
    net = Net()
    net.load_state_dict({name: torch.tensor(np.array(value)) for name, value in model.items()}, strict=False)
    steps = torch.optim.SGD(net.parameters(), lr=config.learning_rate)
    order = torch.Generator().manual_seed(config.seed)
    for _ in range(config.local_epochs):
        for batch in torch.randperm(len(data[0]), generator=order).split(config.batch_size):
            steps.zero_grad()
            torch.nn.functional.cross_entropy(net(data[0][batch]), data[1][batch]).backward()
            steps.step()
    return {name: value.numpy() for name, value in net.state_dict().items() if value.is_floating_point()}


cifer_trainer.serve(
    initial=lambda seed: {},
    data=data,
    train=train,
    evaluate=lambda model, data: {"loss": 0, "accuracy": 0},
    examples=lambda data: len(data[1]),
)
