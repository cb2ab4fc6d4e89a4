"""Row by row in plain Python; the start is the latest question with a fifth of the settled rows after it."""

import pandas as pd


def split(rows, horizon, exported_at):
    settled = {}
    for row in rows.itertuples():
        if not pd.isna(row.written_at):
            settled[row.Index] = max(row.asked_at + horizon, row.written_at)
    usable = [label for label, moment in settled.items() if moment <= exported_at]
    asked = rows["asked_at"].to_dict()
    newest_first = sorted((asked[label] for label in usable), reverse=True)
    start = newest_first[-(-len(usable) * 22 // 100)]
    train = [label for label, moment in settled.items() if moment <= start]
    test = [label for label in usable if asked[label] >= start]
    return train, test
