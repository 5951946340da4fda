"""A small convolutional network of PyTorch on Fashion-MNIST."""

import numpy as np
import torch
from torch import nn

import cifer_trainer

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def network():
    return nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(16 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, 10)).to(DEVICE)


def data(path, purpose):
    with np.load(path) as file:
        x = torch.tensor(file["x"], dtype=torch.float32).unsqueeze(1) / 255
        return torch.utils.data.TensorDataset(x, torch.tensor(file["y"], dtype=torch.long))


def fit(net, examples, rate, batch, epochs, progress):
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
    loader = torch.utils.data.DataLoader(examples, batch_size=batch, shuffle=True)
    net.train()
    for epoch in range(epochs):
        for step, (x, y) in enumerate(loader):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x.to(DEVICE)), y.to(DEVICE)).backward()
            optimizer.step()
            progress(epoch * len(loader) + step + 1, epochs * len(loader))


# ---- what makes it a trainer
def values(net):
    return {name: tensor.cpu().numpy() for name, tensor in net.state_dict().items() if tensor.is_floating_point()}


def loaded(model):
    net = network()
    net.load_state_dict({name: torch.tensor(array) for name, array in model.items()}, strict=False)
    return net


def initial(seed):
    torch.manual_seed(seed)
    return values(network())


def train(model, data, config):
    torch.manual_seed(config.seed)
    net = loaded(model)
    fit(net, data, config.learning_rate, config.batch_size, config.local_epochs, config.progress)
    return values(net)


@torch.no_grad()
def evaluate(model, data):
    net = loaded(model).eval()
    x, y = (tensor.to(DEVICE) for tensor in data.tensors)
    outputs = torch.cat([net(part) for part in x.split(500)])
    return {"loss": nn.functional.cross_entropy(outputs, y), "accuracy": (outputs.argmax(1) == y).float().mean()}


if __name__ == "__main__":
    cifer_trainer.serve(initial, data, train, evaluate)
