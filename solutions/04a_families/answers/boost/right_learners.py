"""Learners are collected first; each stage is the sum over those so far, and lists are returned."""


def boost(X, y, weights, rates, fit, new):
    start = sum(w * v for w, v in zip(weights, y)) / sum(weights)
    steps = []

    def predicted(rows, count):
        total = [start] * len(rows)
        for rate, predict in steps[:count]:
            total = [t + rate * p for t, p in zip(total, predict(rows))]
        return total

    for rate in rates:
        residuals = [v - p for v, p in zip(y, predicted(X, len(steps)))]
        steps.append((rate, fit(X, residuals, weights)))
    return [predicted(new, count) for count in range(len(rates) + 1)]
