"""Makes a training script a trainer of Cifer: the client starts the script and speaks to it in JSON lines.

    import cifer_trainer

    def initial(seed): ...                       # {"w": numpy array, ...}: a fresh model
    def data(dataset, purpose): ...              # loaded once; dataset_path of the config, or None
    def train(model, data, config): ...          # -> {"w": new array, ...}
    def evaluate(model, data): ...               # -> {"loss": ..., "accuracy": ...}

    if __name__ == "__main__":
        cifer_trainer.serve(initial, data, train, evaluate)

    python train.py alone --data train.csv --test test.csv --rounds 10    # the same script without a federation

One file, Python 3.9 or newer, numpy only. The protocol is docs/reference-trainer-protocol.md; what a
script prints goes to the client's trainer.log. Models are float32: other floating types are converted,
bfloat16 is read (as float32) and not written, integers are refused.

SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import struct
import sys
import threading
import traceback
from queue import SimpleQueue

import numpy as np

PROTOCOL = 1
MAX_HEADER_BYTES = 100_000_000  # the limit of the reference implementation of safetensors

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
          "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?"}


class Config:
    """How to train in this round: learning_rate, batch_size, local_epochs, seed (0 to 2**32 - 1), and
    progress(done, total), which has to be called more often than the client's patience (60 s)."""

    def __init__(self, request, progress):
        self.learning_rate = request["learning_rate"]
        self.batch_size = request["batch_size"]
        self.local_epochs = request["local_epochs"]
        self.seed = request["seed"]
        self.request = request
        self.progress = progress


def serve(initial, data, train, evaluate, *, examples=len, architecture=None, local=()):
    """Serves the client until it says stop or is gone.

    initial(seed) returns a fresh model, a dict of arrays. data(dataset, purpose) loads the data once;
    purpose is "train" or "evaluate". train(model, data, config) returns the new model, or a pair of it and
    a dict of metrics; "steps" among them, the steps of gradient descent, is what the strategy fednova
    needs. evaluate(model, data) returns a dict with loss and accuracy. examples(data) counts the
    weight of an update. architecture, if given, is the name that the global model must have. local are names of
    tensors, "*" for any characters, that are not shared: each participant keeps its own.
    """
    if len(sys.argv) > 1 and sys.argv[1] == "alone":
        return _alone(initial, data, train, evaluate, sys.argv[2:])
    if sys.stdin.isatty():
        sys.exit("this script is started by a client: cifer client --config config.json --trainer \"python %s\"\n"
                 "or by you, without a federation: python %s alone --help" % (sys.argv[0], sys.argv[0]))
    _Server(initial, data, train, evaluate, examples, architecture, local).run()


def _alone(initial, data, train, evaluate, words):
    import argparse

    parser = argparse.ArgumentParser(prog="%s alone" % sys.argv[0], description="Trains without a federation.")
    parser.add_argument("--data", required=True, help="what dataset_path would be")
    parser.add_argument("--test", required=True, help="the data to evaluate on")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=0.05)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--local-epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    request = vars(parser.parse_args(words))
    train_data, test_data = data(request["data"], "train"), data(request["test"], "evaluate")
    model, seed = initial(request["seed"]), request["seed"]
    for number in range(1, request["rounds"] + 1):
        request["seed"] = seed + number
        result = train(model, train_data, Config(request, lambda done=0, total=0: None))
        model = result[0] if isinstance(result, tuple) else result
        print(json.dumps({"round": number, **_numbers(evaluate(model, test_data))}), flush=True)


class _Server:
    def __init__(self, initial, data, train, evaluate, examples, architecture, local):
        self.initial, self.load, self.train, self.evaluate = initial, data, train, evaluate
        self.examples, self.architecture, self.local = examples, architecture, list(local)
        self.data = None
        # Standard output belongs to the protocol; what anybody prints from here on goes to standard error.
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        self.requests = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        # A thread of its own, so that the end of the client is seen in the middle of training, too.
        for line in sys.stdin:
            self.requests.put(json.loads(line))
        os._exit(0)

    def _say(self, kind, **members):
        self.out.write(json.dumps({"type": kind, **members}) + "\n")
        self.out.flush()

    def _progress(self, done=0, total=0):
        self._say("progress", done=int(done), total=int(total))

    def run(self):
        hello = self.requests.get()
        if hello.get("protocol") != PROTOCOL:
            print("cifer_trainer speaks protocol %d, the client %s" % (PROTOCOL, hello.get("protocol")), file=sys.stderr)
            sys.exit(64)
        ready = {"protocol": PROTOCOL, "format": "safetensors", "architecture": self.architecture, "local": self.local}
        if hello["purpose"] != "initialise":
            self._progress()
            self.data = self.load(hello["dataset"], hello["purpose"])
            ready["examples"] = int(self.examples(self.data))
        self._say("ready", **ready)
        while True:
            request = self.requests.get()
            if request["type"] == "stop":
                return
            try:
                self._say("done", **self._answer(request))
            except Exception as failure:
                traceback.print_exc()
                self._say("failed", message="%s: %s" % (type(failure).__name__, failure))

    def _answer(self, request):
        kind = request["type"]
        if kind == "initialise":
            write_safetensors(request["out"], self.initial(request["seed"]), self.architecture)
            return {}
        model = read_safetensors(request["model"])
        if kind == "evaluate":
            return {"metrics": _numbers(self.evaluate(model, self.data))}
        result = self.train(model, self.data, Config(request, self._progress))
        trained, metrics = result if isinstance(result, tuple) else (result, {})
        write_safetensors(request["out"], trained, self.architecture)
        answer = {"metrics": _numbers(metrics)}
        if "steps" in metrics:
            answer["steps"] = int(metrics["steps"])
        return answer


def _numbers(metrics):
    return {name: float(value) for name, value in metrics.items()}


def read_safetensors(path):
    """The tensors of a file, mapped: a part is read from disk when it is used."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        length = struct.unpack("<Q", file.read(8))[0] if size >= 8 else 0
        if not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
            raise ValueError("%s: header of %d bytes in a file of %d" % (path, length, size))
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    values = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length) if size > 8 + length else np.empty(0, np.uint8)
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] not in _TYPES:
            raise ValueError("%s: dtype of %s: %s (expected: one of %s)" % (path, name, entry["dtype"], ", ".join(_TYPES)))
        dtype = np.dtype(_TYPES[entry["dtype"]])
        start, end = entry["data_offsets"]
        count = 1
        for dimension in entry["shape"]:
            count *= dimension
        if not (0 <= start <= end <= len(values) and end - start == count * dtype.itemsize):
            raise ValueError("%s: data_offsets of %s: %s" % (path, name, entry["data_offsets"]))
        array = np.asarray(values[start:end]).view(dtype).reshape(entry["shape"])
        if entry["dtype"] == "BF16":  # the upper half of a float32
            array = (array.astype(np.uint32) << 16).view(np.float32)
        tensors[name] = array
    return tensors


def write_safetensors(path, tensors, architecture=None):
    """Writes tensors as float32, beside the name first, so that half a file never bears it."""
    header, offset, arrays = {"__metadata__": {"architecture": architecture}} if architecture else {}, 0, []
    for name, tensor in tensors.items():
        array = np.asarray(tensor)
        if not np.issubdtype(array.dtype, np.floating):
            raise TypeError("tensor %s: %s (expected: a floating type; leave integers out)" % (name, array.dtype))
        arrays.append(array)
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + 4 * array.size]}
        offset += 4 * array.size
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    draft = "%s.part" % path
    with open(draft, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays:
            file.write(np.ascontiguousarray(array, dtype="<f4").reshape(-1).view(np.uint8).data)
    os.replace(draft, path)
