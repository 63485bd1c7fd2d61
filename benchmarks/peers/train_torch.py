"""Trains with PyTorch: eager or torch.compile."""

import job
import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


def network():
    if job.LENET:
        layers = [
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        ]
    else:
        layers = [nn.Flatten()]
        for inputs in (784, 128, 128):
            layers += [nn.Linear(inputs, 128), nn.ReLU(), nn.Dropout(job.DROPOUT)]
        layers.append(nn.Linear(128, 10))
    weighted = [layer for layer in layers if hasattr(layer, "weight")]
    for layer in weighted[:-1]:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.xavier_normal_(weighted[-1].weight)
    for layer in weighted:
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


x, y, x_test, y_test = (torch.from_numpy(part) for part in job.mnist())
x, x_test, y, y_test = x.unsqueeze(1), x_test.unsqueeze(1), y.long(), y_test.long()
model = network()
optimizer = torch.optim.Adam(model.parameters(), lr=job.LEARNING_RATE, fused=True)
loss_function = nn.CrossEntropyLoss()


def loss_of(images, labels):
    return loss_function(model(images), labels)


if job.ENGINE == "compile":
    loss_of = torch.compile(loss_of)
for epoch, order in enumerate(job.orders()):
    with job.EpochTimer():
        for group in optimizer.param_groups:
            group["lr"] = job.rate(epoch)
        total = 0.0
        for batch in torch.from_numpy(order).split(job.BATCH):
            optimizer.zero_grad()
            loss = loss_of(x[batch], y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item()
model.eval()
with torch.no_grad():
    right = sum((model(a).argmax(1) == b).sum().item() for a, b in zip(x_test.split(500), y_test.split(500)))
    job.report(right / len(y_test))
    torch.onnx.export(model, (x_test[:1],), str(job.FOLDER / "model.onnx"), dynamo=False)
