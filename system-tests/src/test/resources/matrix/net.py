"""The PyTorch network of ModelMatrixSystemTest."""

import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 4, 3, stride=2)
        self.norm = torch.nn.BatchNorm2d(4)
        self.out = torch.nn.Linear(144, 4)

    def forward(self, x):
        x = x.reshape(-1, 1, 14, 14)
        return self.out(torch.relu(self.norm(self.conv(x))).flatten(1))
