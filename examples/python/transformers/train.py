"""A tiny BERT of Transformers on the State of the Union addresses: is a passage from before 1900?

The network is made from its configuration and trained from nothing; no weights are downloaded. Words become
numbers by a hash, so that no vocabulary has to be agreed on.
"""

import gzip
import json
import re
import zlib

import torch
from transformers import BertConfig, BertForSequenceClassification

import cifer_trainer

WORDS, LENGTH = 4096, 48
CONFIG = BertConfig(vocab_size=WORDS, hidden_size=48, num_hidden_layers=1, num_attention_heads=4, intermediate_size=96,
                    max_position_embeddings=LENGTH, num_labels=2, hidden_dropout_prob=0.0)


def passages(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            address = json.loads(line)
            words = re.findall(r"[a-z]+", address["text"].lower())
            for start in range(0, min(len(words), 25 * LENGTH) - LENGTH + 1, LENGTH):
                yield words[start : start + LENGTH], address["year"] < 1900


def data(path, purpose):
    texts, labels = zip(*passages(path))
    numbers = [[zlib.crc32(word.encode()) % WORDS for word in text] for text in texts]
    return torch.utils.data.TensorDataset(torch.tensor(numbers), torch.tensor(labels, dtype=torch.long))


def fit(net, examples, rate, batch, epochs, progress):
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate)
    loader = torch.utils.data.DataLoader(examples, batch_size=batch, shuffle=True)
    net.train()
    for epoch in range(epochs):
        for step, (x, y) in enumerate(loader):
            optimizer.zero_grad()
            net(input_ids=x, labels=y).loss.backward()
            optimizer.step()
            progress(epoch * len(loader) + step + 1, epochs * len(loader))


# ---- what makes it a trainer
def values(net):
    return {name: tensor.detach().numpy() for name, tensor in net.named_parameters()}


def loaded(model):
    net = BertForSequenceClassification(CONFIG)
    net.load_state_dict({name: torch.tensor(array) for name, array in model.items()}, strict=False)
    return net


def initial(seed):
    torch.manual_seed(seed)
    return values(BertForSequenceClassification(CONFIG))


def train(model, data, config):
    torch.manual_seed(config.seed)
    net = loaded(model)
    fit(net, data, config.learning_rate, config.batch_size, config.local_epochs, config.progress)
    return values(net)


@torch.no_grad()
def evaluate(model, data):
    net = loaded(model).eval()
    x, y = data.tensors
    outputs = torch.cat([net(input_ids=part).logits for part in x.split(500)])
    return {"loss": torch.nn.functional.cross_entropy(outputs, y), "accuracy": (outputs.argmax(1) == y).float().mean()}


if __name__ == "__main__":
    cifer_trainer.serve(initial, data, train, evaluate)
