"""Tests of cifer_trainer.py: python -m unittest discover python"""

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy as np

from cifer_trainer import read_safetensors, write_safetensors

HERE = os.path.dirname(os.path.abspath(__file__))

SCRIPT = """
import sys, time
import numpy as np
import cifer_trainer

def train(model, data, config):
    print("training on", data)
    if data == "slow":
        open("training", "w").close()
        while True:
            time.sleep(0.05)
    if data == "bad":
        raise ValueError("labels 12 of 10")
    config.progress(1, 2)
    return {name: array + config.learning_rate for name, array in model.items()}, {"loss": np.float32(0.5), "steps": 2}

cifer_trainer.serve(lambda seed: {"w": np.full((2, 3), seed)*1.0, "b": np.float64(2)}, lambda path, purpose: path, train,
                    lambda model, data: {"loss": 1, "accuracy": model["w"].mean()}, local=["b*"])
"""


class SafetensorsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "m.safetensors")

    def raw(self, header, values=b""):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        with open(self.path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + values)

    def test_what_is_written_is_read(self):
        random = np.random.default_rng(1)
        tensors = {"a": random.normal(size=(3, 4)), "s": np.float32(7), "f": np.asfortranarray(random.normal(size=(5, 2))),
                   "half": random.normal(size=4).astype(np.float16), "strided": random.normal(size=10)[::2]}
        write_safetensors(self.path, tensors, "net")
        read = read_safetensors(self.path)
        self.assertEqual(list(read), list(tensors))
        for name, tensor in tensors.items():
            self.assertEqual(read[name].dtype, np.float32)
            np.testing.assert_array_equal(read[name], np.asarray(tensor).astype(np.float32))

    def test_the_values_begin_at_a_multiple_of_eight(self):
        for name in ("a", "ab", "abc", "abcd"):
            write_safetensors(self.path, {name: np.zeros(1)})
            with open(self.path, "rb") as file:
                self.assertEqual(struct.unpack("<Q", file.read(8))[0] % 8, 0)

    def test_bfloat16_is_read_as_float32(self):
        # 1.0 = 0x3F80, -2.5 = 0xC020: the upper halves of the float32
        self.raw({"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, struct.pack("<HH", 0x3F80, 0xC020))
        np.testing.assert_array_equal(read_safetensors(self.path)["x"], np.float32([1.0, -2.5]))

    def test_integers_are_refused_by_name(self):
        with self.assertRaisesRegex(TypeError, "tensor steps: int64 .expected: a floating type"):
            write_safetensors(self.path, {"steps": np.arange(3)})

    def test_half_a_file_never_bears_the_name(self):
        with self.assertRaises(TypeError):
            write_safetensors(self.path, {"a": np.zeros(3), "b": np.arange(3)})
        self.assertFalse(os.path.exists(self.path))

    def test_malformed_files_are_refused(self):
        entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        for header, values in [
            (b"\xff" * 8, b""),
            ({"x": {**entry, "data_offsets": [0, 80]}}, b"\0" * 8),
            ({"x": {**entry, "data_offsets": [-8, 0]}}, b"\0" * 8),
            ({"x": {**entry, "shape": [2**40, 2**40]}}, b"\0" * 8),
            ({"x": {**entry, "dtype": "F31"}}, b"\0" * 8),
        ]:
            self.raw(header, values)
            with self.assertRaises(ValueError):
                read_safetensors(self.path)
        with open(self.path, "wb") as file:
            file.write(struct.pack("<Q", 10**15))
        with self.assertRaisesRegex(ValueError, "header of 1000000000000000 bytes"):
            read_safetensors(self.path)


class ServeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.script = os.path.join(self.folder.name, "train.py")
        with open(self.script, "w") as file:
            file.write(SCRIPT)
        self.process = None

    def start(self, dataset, purpose="train", protocol=1):
        self.process = subprocess.Popen(
            [sys.executable, self.script], cwd=self.folder.name, env={"PYTHONPATH": HERE, "PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        self.say(type="hello", protocol=protocol, purpose=purpose, dataset=dataset, formats=["safetensors"])

    def end(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def say(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def test_a_run(self):
        self.start("abc")
        self.assertEqual(self.hear()["type"], "progress")
        self.assertEqual(self.hear(), {"type": "ready", "protocol": 1, "format": "safetensors", "architecture": None,
                                       "local": ["b*"], "examples": 3})
        self.say(type="initialise", out=self.path("i.safetensors"), seed=4)
        self.assertEqual(self.hear(), {"type": "done"})
        self.say(type="train", model=self.path("i.safetensors"), out=self.path("o.safetensors"), learning_rate=0.5,
                 batch_size=1, local_epochs=1, seed=9, architecture="external", added_later=True)
        self.assertEqual(self.hear(), {"type": "progress", "done": 1, "total": 2})
        self.assertEqual(self.hear(), {"type": "done", "metrics": {"loss": 0.5, "steps": 2.0}, "steps": 2})
        np.testing.assert_array_equal(read_safetensors(self.path("o.safetensors"))["w"], np.full((2, 3), 4.5))
        self.say(type="evaluate", model=self.path("o.safetensors"), architecture="external")
        self.assertEqual(self.hear()["metrics"], {"loss": 1.0, "accuracy": 4.5})
        self.say(type="stop")
        self.assertEqual(self.process.wait(10), 0)
        self.assertIn("training on abc", self.process.stderr.read())

    def test_a_failure_is_said_and_the_script_lives_on(self):
        self.start("bad")
        self.hear(), self.hear()
        write_safetensors(self.path("m.safetensors"), {"w": np.zeros(2)})
        for _ in range(2):
            self.say(type="train", model=self.path("m.safetensors"), out=self.path("o.safetensors"), learning_rate=1,
                     batch_size=1, local_epochs=1, seed=1)
            self.assertEqual(self.hear(), {"type": "failed", "message": "ValueError: labels 12 of 10"})

    def test_it_ends_in_the_middle_of_training_when_the_client_is_gone(self):
        self.start("slow")
        self.hear(), self.hear()
        write_safetensors(self.path("m.safetensors"), {"w": np.zeros(2)})
        self.say(type="train", model=self.path("m.safetensors"), out=self.path("o.safetensors"), learning_rate=1, batch_size=1,
                 local_epochs=1, seed=1)
        self.process.stdin.close()
        self.assertEqual(self.process.wait(10), 0)

    def test_another_version_is_refused(self):
        self.start("abc", protocol=2)
        self.assertEqual(self.process.wait(10), 64)
        self.assertIn("speaks protocol 1, the client 2", self.process.stderr.read())

    def test_without_data_it_makes_a_model(self):
        self.start(None, purpose="initialise")
        self.assertNotIn("examples", self.hear())

    def test_alone(self):
        printed = subprocess.run(
            [sys.executable, self.script, "alone", "--data", "abc", "--test", "de", "--rounds", "2", "--learning-rate", "1"],
            cwd=self.folder.name, env={"PYTHONPATH": HERE, "PATH": os.environ["PATH"]}, stdout=subprocess.PIPE, text=True, check=True).stdout
        lines = [json.loads(line) for line in io.StringIO(printed) if line.startswith("{")]
        self.assertEqual([line["accuracy"] for line in lines], [2.0, 3.0])


if __name__ == "__main__":
    unittest.main()
