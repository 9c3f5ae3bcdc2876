//! The same draws and what they say, by numpy.

/// Reads the lines named on the command line and prints what it cost. Lenient where we are not: an
/// elasticity beyond its limits is drawn again without its source, and a counterfactual is a normal
/// cut off. So the comparison is in its favour. Lines are taken a hundred at a time, which is
/// numpy's quickest and keeps its memory small.
pub const SCRIPT: &str = r#"
import json, resource, sys, time
import numpy as np

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

book = json.load(open(sys.argv[1]))
before, start = peak_mb(), time.monotonic()
rng = np.random.default_rng(book["seed"])
n, k, part = book["draws"], book["threshold"], 100
grid = np.arange(book["low"], book["high"] + 1, book["step"])
r = book["source_correlation"]
shared, rest = r ** 0.5, (1 - r) ** 0.5
lines = {name: np.array(values) for name, values in book["lines"].items()}
count = len(lines["spend"])
sources = rng.standard_normal((book["sources"], n))
mapping = rng.standard_normal(n)
rate = 1 + book["discount_rate"]
whole = np.concatenate([[0.0], np.cumsum(rate ** -np.arange(200.0))])
years = np.arange(201.0)
per_pound = np.empty((count, n), dtype=np.float32)
mean, sd, likely = np.empty(count), np.empty(count), np.empty(count)
intervals, curves = [], []
ends = [0.025, 0.975]
for at in range(0, count, part):
    of = {name: values[at:at + part, None] for name, values in lines.items()}
    size = (len(of["spend"]), n)
    z = rng.standard_normal(size)
    mapped = of["mapped"][:, 0] > 0
    z[mapped] = shared * mapping + rest * z[mapped]
    health = of["patients"] * (of["gain"] + of["gain_se"] * z)
    if book["duration_cv"] > 0:
        variance = np.log1p(book["duration_cv"] ** 2)
        z = rng.standard_normal(size)
        drawn = of["years"] * np.exp(variance ** 0.5 * z - variance / 2)
        health *= np.interp(drawn, years, whole) / np.interp(of["years"], years, whole)
    if book["counterfactual_se"] > 0:
        drawn = of["counterfactual"] + book["counterfactual_se"] * rng.standard_normal(size)
        health *= (1 - np.clip(drawn, 0, 1)) / (1 - of["counterfactual"])
    z = shared * sources[of["source"][:, 0]] + rest * rng.standard_normal(size)
    elasticity = of["elasticity"] + of["elasticity_se"] * z
    while (beyond := (elasticity < book["least"]) | (elasticity > book["most"])).any():
        row, _ = np.nonzero(beyond)
        se = of["elasticity_se"][row, 0]
        elasticity[beyond] = of["elasticity"][row, 0] + se * rng.standard_normal(len(row))
    variance = of["cost_cv"] ** 2
    cost = rng.gamma(1 / variance, variance, size)
    bought = health / (of["spend"] * cost)
    last = bought * elasticity
    benefit = health - of["spend"] * 1e6 / k * cost
    with np.errstate(divide="ignore"):
        average = np.where(bought > 0, 1e6 / bought, np.inf)
        marginal = np.where(last > 0, 1e6 / last, np.inf)
    for figures in (health, average, marginal, benefit):
        intervals.append(np.quantile(figures, ends, axis=1))
    rows = slice(at, at + part)
    likely[rows] = (average < k).mean(axis=1)
    curves.append([((average < k).mean(axis=1), (marginal > k).mean(axis=1)) for k in grid])
    per_pound[rows], mean[rows], sd[rows] = last, last.mean(axis=1), last.std(axis=1)

def places(keys):
    order = np.argsort(keys.T, axis=1)
    ranks = np.empty(order.shape, dtype=np.uint16)
    np.put_along_axis(ranks, order, np.arange(count, dtype=np.uint16)[None, :], axis=1)
    spread = np.quantile(ranks, ends, axis=0, method="nearest")
    return spread, (ranks >= count - count // 4).mean(axis=0)

raw = places(-per_pound)
figure = -np.log(lines["gain"] * lines["patients"] * lines["elasticity"] / lines["spend"])
noise = np.log1p((sd / mean) ** 2)
toward, left = np.empty(count), np.empty(count)
for sector in np.unique(lines["sector"]):
    own = lines["sector"] == sector
    y, v = figure[own], noise[own]
    w = 1 / v
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    spread = max(0.0, (q - len(y) + 1) / (w.sum() - (w * w).sum() / w.sum()))
    w = 1 / (v + spread)
    b = spread / (spread + v)
    toward[own] = (w * y).sum() / w.sum() * (1 - b) + b * y
    left[own] = b * v + (1 - b) ** 2 / w.sum()
times = (-np.sqrt(left) / sd)[:, None].astype(np.float32)
shrunk = places(toward[:, None].astype(np.float32) + times * (per_pound - mean[:, None]))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "wall_seconds": time.monotonic() - start,
    "peak_mb": peak_mb(),
    "growth_mb": peak_mb() - before,
    "told": {"probability": likely.mean(), "bottom_quarter": float(raw[1].sum()),
             "rank_width": float((raw[0][1] - raw[0][0]).mean()),
             "shrunk_rank_width": float((shrunk[0][1] - shrunk[0][0]).mean())},
}))
"#;
