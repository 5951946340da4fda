"""PyTorch's side of ModelMatrixSystemTest: makes the models, then opens results.

python torch_side.py FOLDER

Then for each line {"model": PATH, "outputs": FILE.npy, "exported": FILE.safetensors} of standard input:
how far PyTorch's outputs for the test images are from those in the file, by the model and by what was
exported beside it.
"""

import glob
import json
import os
import sys

import numpy as np
import safetensors.torch
import torch
from net import Net

folder = sys.argv[1]
torch.manual_seed(1)
torch.set_num_threads(1)
net = Net()
torch.jit.script(net).save(folder + "/graph.pt")
torch.save(net.state_dict(), folder + "/state.pt")
os.makedirs(folder + "/folder")
tensors = net.state_dict()
shards = {
    "model-00001-of-00002.safetensors": [name for name in tensors if name.startswith("conv")],
    "model-00002-of-00002.safetensors": [name for name in tensors if not name.startswith("conv")],
}
for shard, names in shards.items():
    safetensors.torch.save_file({name: tensors[name] for name in names}, folder + "/folder/" + shard)
with open(folder + "/folder/model.safetensors.index.json", "w") as out:
    json.dump({"metadata": {}, "weight_map": {name: shard for shard in shards for name in shards[shard]}}, out)
with open(folder + "/folder/config.json", "w") as out:
    json.dump({"model_type": "net"}, out)
print("ready", flush=True)


def opened(path):
    if path.endswith("graph.pt"):
        return torch.jit.load(path).eval()
    if path.endswith(".pt"):
        found = torch.load(path, weights_only=True)
    else:
        found = {}
        for file in glob.glob(path + "/*.safetensors") or [path]:
            found |= safetensors.torch.load_file(file)
    model = Net().eval()
    # What is exported lacks the counter, which PyTorch does not miss.
    missing = model.load_state_dict(found, strict=False).missing_keys
    assert not missing, missing
    return model


inputs = None
for line in sys.stdin:
    request = json.loads(line)
    if inputs is None:
        inputs = torch.from_numpy(np.load(folder + "/test.npz")["x"].astype("f4") / 255)
    wanted = np.load(request["outputs"])
    with torch.no_grad():
        apart = [np.abs(opened(request[key])(inputs).numpy() - wanted).max() for key in ("model", "exported")]
    print(max(apart), flush=True)
