"""Reference values for core/stats, from scipy and plain numpy; no project code involved.

Run with Python 3.11 and scipy installed:  python bench/referee/judge_reference.py > test/reference/judge.json
"""
import json
from decimal import Decimal, getcontext
import numpy as np
import scipy
from scipy.optimize import brentq, minimize_scalar
from scipy.special import betaln, gammaln, logsumexp, xlog1py, xlogy


def log_m(n, k, p, prior):
    """The mixture written out: mean over the parts of the prior of the ratio of marginal to likelihood."""
    parts = [betaln(a + k, b + n - k) - betaln(a, b) for a, b in prior]
    return logsumexp(parts) - np.log(len(prior)) - xlogy(k, p) - xlog1py(n - k, -p)


def bound(n, k, alpha, prior, end):
    f = lambda p: log_m(n, k, p, prior) + np.log(alpha)
    seen = k / n
    return end if f(end) < 0 else brentq(f, seen, end - np.sign(end - seen) * 1e-15, xtol=1e-15)


def difference(r, c, d, prior, paired):
    """Least over the baseline's rate, by a bounded minimizer on a grid of starts."""
    def f(p):
        x, y = log_m(*c, p + d, prior), log_m(*r, p, prior)
        return logsumexp([x, y]) - np.log(2) if paired else x + y
    low, high = max(0.0, -d), min(1.0, 1.0 - d)
    edges = np.linspace(low, high, 401)
    values = [f(p) for p in edges]
    i = int(np.nanargmin(values))
    best = minimize_scalar(f, bounds=(edges[max(0, i - 1)], edges[min(400, i + 1)]), method="bounded", options={"xatol": 1e-14})
    return float(min(best.fun, values[i]))


def edge(r, c, alpha, prior, side):
    seen = c[1] / c[0] - r[1] / r[0]
    f = lambda d: difference(r, c, d, prior, False) + np.log(alpha)
    far = side * 0.999999
    return side if f(far) < 0 else brentq(f, seen, far, xtol=1e-11)


def normal_interval(arms, alpha_low, alpha_high, scale, t=0.01):
    """Difference of means of the last arm and the first, or the mean of one: the docstring's formula."""
    price, inverse = 0.0, 0.0
    for n, total, squares in arms:
        variance = (squares - total ** 2 / n + scale ** 2) / (n - 1)
        inverse += (1 + n * t) / (n * n * t) * variance
        price += 0.5 * np.log1p(n * t)
    mean = arms[-1][1] / arms[-1][0] - (arms[0][1] / arms[0][0] if len(arms) == 2 else 0)
    radius = lambda a: np.sqrt(2 * (np.log(1 / a) + price) * inverse)
    return [float(mean - radius(alpha_low)), float(mean + radius(alpha_high))]


def exact_betaln(a, b):
    """For whole b (and whole a or a = 1/2), by its product in 50 digits: scipy's difference of gammas loses digits when b is large."""
    getcontext().prec = 50
    if a == 0.5:
        total = sum((Decimal(i).ln() for i in range(1, b)), Decimal(0)) - sum((Decimal(i + 0.5).ln() for i in range(b)), Decimal(0))
    else:
        total = sum((Decimal(i).ln() for i in range(1, a)), Decimal(0)) - sum((Decimal(b + i).ln() for i in range(a)), Decimal(0))
    return float(total)


HALF, EVEN = [(0.5, 0.5)], [(1.0, 1.0)]
ABOUT = [(0.5, 50.0), (0.5, 0.5)]
PRIORS = {"any": HALF, "even": EVEN, "about 0.01": ABOUT}
rates = [(0, 0, 0.3), (10, 0, 0.5), (10, 10, 0.5), (300, 3, 0.01), (300, 30, 0.01), (5000, 25, 0.004), (12345, 6789.5, 0.55),
         (10**6, 10_000, 0.0101), (10**9, 5 * 10**6, 0.00501), (50, 12.25, 0.2)]
pairs = [((1000, 5), (1000, 6), 0.01), ((19000, 100), (1000, 42), 0.01), ((300, 0), (300, 0), 0.01), ((40, 40), (40, 0), -0.5),
         ((500, 250), (700, 420), -0.1), ((10**6, 5000), (10**5, 700), 0.001), ((10, 1), (10**7, 10**6), 0.05), ((60, 7.5), (90, 3.25), 0.0)]
out = {
    "how": f"scipy {scipy.__version__}: gammaln, betaln, brentq and bounded minimization on the formulas written out; log beta of large arguments by its product in 50 digits (bench/referee/judge_reference.py)",
    "logGamma": [{"x": x, "value": float(gammaln(x))} for x in [0.1, 0.5, 1.5, 3, 7.25, 9.999, 10, 25.5, 100, 1e4, 1e9]],
    "logBeta": [{"a": a, "b": b, "value": float(betaln(a, b))}
                for a, b in [(0.5, 0.5), (0.5, 50), (3, 9.5), (12, 0.5), (25.5, 14), (1000.5, 9000.5)]]
               + [{"a": a, "b": b, "value": exact_betaln(a, b)} for a, b in [(0.5, 20_000), (250, 10**8), (3, 10**9)]],
    "evidence": [{"n": n, "sum": k, "p": p, "prior": name, "value": float(log_m(n, k, p, prior))}
                 for n, k, p in rates for name, prior in PRIORS.items()],
    "mean": [{"n": n, "sum": k, "alpha": alpha, "prior": name,
              "low": bound(n, k, alpha, prior, 0.0), "high": bound(n, k, alpha, prior, 1.0)}
             for n, k, _ in rates if 0 < n < 10**9 for alpha in (0.05, 0.0003) for name, prior in PRIORS.items()],
    "difference": [{"baseline": r, "candidate": c, "difference": d, "prior": name, "arms": arms,
                    "value": difference(r, c, d, prior, arms == "paired")}
                   for r, c, d in pairs for name, prior in PRIORS.items() for arms in ("independent", "paired")],
    "differenceEdges": [{"baseline": r, "candidate": c, "alpha": alpha, "prior": name,
                         "low": edge(r, c, alpha, prior, -1), "high": edge(r, c, alpha, prior, 1)}
                        for r, c, _ in pairs[:6] for alpha in (0.05, 0.0003) for name, prior in PRIORS.items()],
    "normal": [],
    "sampleRatio": [{"n": n, "sum": k, "share": s,
                     "value": float(log_m(n, k, s, [(500 * s, 500 * (1 - s)), (1.0, 1.0)]))}
                    for n, k, s in [(1000, 140, 0.1), (3000, 420, 0.1), (1000, 100, 0.1), (10, 0, 0.5), (10**6, 50_300, 0.05)]],
}
rng = np.random.default_rng(20260101)
for n, m, scale in [(120, 480, 0.0), (1000, 1000, 0.05), (5, 9, 1.0)]:
    x, y = rng.normal(10, 3, n), rng.exponential(11, m)
    arms = [[n, float(x.sum()), float((x * x).sum())], [m, float(y.sum()), float((y * y).sum())]]
    out["normal"].append({"scale": scale, "baseline": arms[0], "candidate": arms[1], "alphaLow": 0.001, "alphaHigh": 0.05,
                          "mean": normal_interval(arms[1:], 0.001, 0.05, scale),
                          "difference": normal_interval(arms, 0.001, 0.05, scale)})
print(json.dumps(out, indent=1))
