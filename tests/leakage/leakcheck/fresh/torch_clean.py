import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(20, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, x):
        return self.layers(x)


def train_epoch(model, loader, optimizer, criterion):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()


def accuracy(model, loader):
    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for xb, yb in loader:
            correct += (model(xb).argmax(1) == yb).sum().item()
            total += len(yb)
    return correct / total


X, y = torch.load("x.pt"), torch.load("y.pt")
data = TensorDataset(X, y)
train_set, val_set, test_set = random_split(data, [0.7, 0.15, 0.15])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=256)
test_loader = DataLoader(test_set, batch_size=256)
model = Net(64)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
best, best_state = 0.0, None
for epoch in range(50):
    train_epoch(model, train_loader, optimizer, criterion)
    val_acc = accuracy(model, val_loader)
    if val_acc > best:
        best, best_state = val_acc, copy.deepcopy(model.state_dict())
model.load_state_dict(best_state)
print("test accuracy", accuracy(model, test_loader))
