"""A column of the moments at which rows are settled, and the question at three quarters of the settled ones."""


def split(rows, horizon, exported_at):
    settled_at = (rows["asked_at"] + horizon).where(rows["written_at"] < rows["asked_at"] + horizon, rows["written_at"])
    usable = settled_at <= exported_at
    start = rows.loc[usable, "asked_at"].quantile(0.75, interpolation="nearest")
    train = rows.index[settled_at <= start]
    test = rows.index[usable & (rows["asked_at"] >= start)]
    return train, test
