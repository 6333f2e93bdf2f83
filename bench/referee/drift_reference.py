"""Reference values for the statistics of drift, from scipy, numpy and whole numbers; no project code involved.

Run with Python 3.11 and scipy 1.17 installed, and with the Adult census data (UCI 2) for four of the cases:
python bench/referee/drift_reference.py path/to/adult > test/reference/drift.json
"""
import csv
import json
import math
import sys
from fractions import Fraction
import numpy as np
import scipy
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import jensenshannon
from scipy.special import gammaincc

rng = np.random.default_rng(20260101)


def listed(counts):
    return [int(c) for c in counts]


def bins_cases():
    """Pairs of counts: equal and unequal sizes, empty bins, few and very many cases."""
    fixed = [
        ([5, 5], [50, 50]), ([10, 0, 3], [0, 10, 3]), ([1, 0, 0], [0, 0, 1]), ([7, 1, 2, 0], [0, 0, 9, 40]),
        ([0, 0, 12], [0, 3, 14]), ([100] * 10, [120, 90, 95, 105, 100, 80, 110, 100, 101, 99]),
    ]
    drawn = []
    for n, m, bins, tilt in [(100, 100, 10, 0), (100, 1000, 10, 0.5), (500, 40, 7, 1), (10_000, 3000, 20, 0.1),
                             (1_000_000, 1_000_000, 10, 0.01), (10_000_000, 200_000, 10, 0)]:
        p = np.ones(bins) / bins
        q = np.exp(tilt * np.linspace(-1, 1, bins))
        drawn.append((listed(rng.multinomial(n, p)), listed(rng.multinomial(m, q / q.sum()))))
    return fixed + drawn


def psi(a, b):
    p, q = [np.maximum(np.array(x) / np.sum(x), 1e-4) for x in (a, b)]
    return float(np.sum((p - q) * np.log(p / q)))


def log_fraction(x):
    """Logarithm of an exact fraction, however small."""
    shift = 1200 + x.denominator.bit_length() - x.numerator.bit_length()
    scaled = (x.numerator << shift) // x.denominator
    extra = max(0, scaled.bit_length() - 1000)
    return math.log(scaled >> extra) + (extra - shift) * math.log(2)


def exact_tail(hits, population, marked, draws, side):
    ks = range(hits, min(draws, marked) + 1) if side == "above" else range(max(0, draws + marked - population), hits + 1)
    total = sum(math.comb(marked, k) * math.comb(population - marked, draws - k) for k in ks)
    return log_fraction(Fraction(total, math.comb(population, draws)))


def hypergeometric():
    cases = []
    for hits, population, marked, draws in [(3, 20, 7, 8), (7, 20, 7, 8), (0, 50, 10, 12), (1, 200, 100, 100),
                                            (65, 200, 100, 100), (40, 1100, 100, 200), (25, 5100, 1000, 60),
                                            (2, 10_100, 3, 100), (90, 3000, 1500, 100), (200, 2000, 900, 1000)]:
        for side in ("above", "below"):
            cases.append(dict(hits=hits, population=population, marked=marked, draws=draws, side=side,
                              log=exact_tail(hits, population, marked, draws, side)))
    return cases


def huge_hypergeometric():
    """By the ratios of neighbouring terms in long double; scipy's own logarithms lose digits here."""
    cases = []
    for population, marked, draws, sds in [(20_000_000, 2_000_000, 10_000_000, 5), (11_000_000, 5_500_000, 1_000_000, 6),
                                           (10_000_100, 1_000_000, 100, 5), (1_200_000, 1_000, 200_000, 4)]:
        mean = draws * marked / population
        sd = math.sqrt(mean * (1 - marked / population) * (population - draws) / (population - 1))
        hits = int(mean + sds * sd)
        low, high = max(0, draws + marked - population), min(draws, marked)
        low, high = max(low, int(mean - 45 * sd - 60)), min(high, int(mean + 45 * sd + 60))
        k = np.arange(low, high, dtype=np.longdouble)
        ratios = np.log(marked - k) - np.log(k + 1) + np.log(draws - k) - np.log(population - marked - draws + k + 1)
        logs = np.concatenate([[np.longdouble(0)], np.cumsum(ratios)])
        terms = np.exp(logs - logs.max())
        above = np.sort(terms[hits - low:]).sum() / np.sort(terms).sum()
        cases.append(dict(hits=hits, population=population, marked=marked, draws=draws, side="above", log=float(np.log(above))))
    return cases


def fisher(a, n, b, m):
    """Twice the smaller tail, as a logarithm."""
    law = stats.hypergeom(n + m, a + b, n)
    tails = [law.sf(a - 1), law.cdf(a)]
    return min(0.0, math.log(2 * min(tails)))


def tree(a, b):
    """The halving of the bins written out as recursion, with scipy's tails."""
    if len(a) < 2:
        return []
    both = np.cumsum(np.array(a) + np.array(b))
    off = np.abs(both[:-1] - both[-1] / 2)
    # the first cut from which the next one is not nearer to the half; later ones win ties
    cut = 1
    while cut < len(a) - 1 and off[cut] <= off[cut - 1]:
        cut += 1
    rest = tree(a[:cut], b[:cut]) + tree(a[cut:], b[cut:])
    if both[cut - 1] == 0 or both[cut - 1] == both[-1]:
        return rest
    return [fisher(sum(a[:cut]), sum(a), sum(b[:cut]), sum(b)) if sum(a) and sum(b) else 0.0] + rest


def homogeneity(a, b):
    logs = tree(a, b)
    return len(logs), float(gammaincc(len(logs), -sum(logs))) if logs else 1.0


def at_cuts(a, b):
    sa, sb = np.cumsum(a), np.cumsum(b)
    used = [i for i in range(len(a) - 1) if 0 < sa[i] + sb[i] < sa[-1] + sb[-1]]
    logs = [fisher(int(sa[i]), int(sa[-1]), int(sb[i]), int(sb[-1])) for i in used]
    return min(1.0, len(used) * math.exp(min(logs))) if used else 1.0


def unseen(n, m, new, known):
    sizes = np.array(new + known, dtype=float)
    logp = sizes * np.log(n / (n + m))
    f = lambda s: -s * sum(new) + np.sum(np.logaddexp(np.log1p(-np.exp(logp)), logp + s * sizes))
    best = min(minimize_scalar(f, bounds=(0, high), method="bounded", options={"xatol": 1e-13}).fun for high in (0.1, 1, 3, 10, 40))
    return float(np.exp(min(0.0, best)))


def samples():
    fixed = [
        ("seven tenths", [.1, .4, .7, .9, 1.3], [.2, .5, 1.1, 1.6, 2, 2.4]), ("apart", [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]),
        ("ties", [1, 1, 2, 2, 3], [1, 2, 2, 3, 3]), ("the same", [1, 2, 3], [1, 2, 3]), ("one and three", [0.5], [1, 2, 3]),
    ]
    drawn = [(f"{n} and {m}, shift {shift}", listed_floats(rng.normal(0, 1, n)), listed_floats(rng.normal(shift, 1, m)))
             for n, m, shift in [(30, 47, 0), (100, 100, 0.5), (13, 200, 1)]]
    return fixed + drawn


def listed_floats(values):
    return [round(float(v), 6) for v in values]


def ks_cases():
    cases = []
    for why, x, y in samples():
        result = stats.ks_2samp(x, y, method="asymp")
        cases.append(dict(why=why, baseline=x, current=y, distance=float(result.statistic), asymptotic=float(result.pvalue)))
    return cases


def kolmogorov():
    grid = [(1, .7), (3, .2), (5, .15), (5, .4), (10, .1), (10, .40925), (20, .29408), (50, .18841), (50, .02), (100, .05),
            (100, .1), (140, .08), (141, .05), (141, .08), (500, .03), (500, .06), (1000, .01), (1000, .0304), (1000, .08),
            (5000, .0003), (5000, .005), (5000, .02), (50_000, .004), (50_000, .008), (200_000, .002), (5_000_000, .0005),
            (5_000_000, .0009)]
    return [dict(n=n, distance=d, value=float(stats.kstwo.sf(d, n))) for n, d in grid]


def read(path, column):
    with open(path) as file:
        return np.array([float(line[column]) for line in csv.reader(file) if len(line) > 14])


def adult(folder):
    cases = []
    for column, name in [(0, "age"), (2, "fnlwgt"), (12, "hours-per-week"), (4, "education-num")]:
        train, test = read(f"{folder}/adult.data.csv", column), read(f"{folder}/adult.test.csv", column)
        result = stats.ks_2samp(train, test, method="asymp")
        cases.append(dict(column=column, name=name, distance=float(result.statistic), asymptotic=float(result.pvalue)))
    return cases


binned = bins_cases()
print(json.dumps(dict(
    how=f"scipy {scipy.__version__} and numpy {np.__version__}: chi2, chi2_contingency, kstwo, ks_2samp, hypergeom, gammaincc, "
        "jensenshannon; hypergeometric tails in whole numbers; PSI, Holm, the tree of Fisher tests and "
        "Chernoff's bound written out (bench/referee/drift_reference.py)",
    gammaTail=[dict(shape=a, x=x, value=float(gammaincc(a, x))) for a in (0.5, 1, 4.5, 9, 30, 499.5, 5000)
               for x in (1e-3, 0.3 * a, 0.97 * a, a, 1.04 * a, 2 * a, 5 * a)],
    chiSquareQuantile=[dict(probability=p, degrees=d, value=float(stats.chi2.isf(p, d))) for d in (1, 2, 5, 9, 19, 999)
                       for p in (0.999, 0.5, 0.05, 0.01, 1e-5, 1e-12, 1e-100)],
    chiSquare=[dict(a=a, b=b, statistic=float(r.statistic), degrees=int(r.dof), pValue=float(r.pvalue))
               for a, b in binned for keep in [[i for i in range(len(a)) if a[i] + b[i] > 0]] if len(keep) > 1
               for r in [stats.chi2_contingency([[a[i] for i in keep], [b[i] for i in keep]], correction=False)]],
    psi=[dict(a=a, b=b, value=psi(a, b)) for a, b in binned],
    psiQuantile=[dict(n=n, m=m, bins=bins, probability=p, value=float((1 / n + 1 / m) * stats.chi2.isf(p, bins - 1)))
                 for n, m, bins, p in [(100, 100, 10, .01), (1000, 1000, 20, .05), (1e6, 1e6, 10, 1e-5)]],
    jensenShannon=[dict(a=a, b=b, distance=float(jensenshannon(np.array(a) / sum(a), np.array(b) / sum(b), base=2))) for a, b in binned],
    hypergeometric=hypergeometric() + huge_hypergeometric(),
    fisher=[dict(a=a, n=n, b=b, m=m, log=fisher(a, n, b, m)) for a, n, b, m in
            [(3, 10, 5, 12), (0, 30, 4, 40), (40, 100, 100, 1000), (5, 5, 0, 5), (50, 100, 50, 100), (900, 1000, 8000, 10_000)]],
    homogeneity=[dict(a=a, b=b, comparisons=k, pValue=p) for a, b in binned[:10] for k, p in [homogeneity(a, b)]],
    atCuts=[dict(a=a, b=b, pValue=at_cuts(a, b)) for a, b in binned[:10]],
    unseen=[dict(n=n, m=m, unseen=new, known=known, value=unseen(n, m, new, known)) for n, m, new, known in
            [(100, 1000, [2], [500, 400, 198]), (1000, 10_000, [4] * 50, [5000, 5800]), (100, 100, [1] * 30, [1] * 40 + [65, 65]),
             (50, 2000, [1, 1, 1], [1] * 10 + [2] * 5 + [1000, 1027])]],
    holm=[dict(p=p, adjusted=[float(v) for v in np.minimum(1, [max((len(p) - r) * sorted(p)[r] for r in range(sorted(p).index(x) + 1)) for x in p])])
          for p in ([.001, .04, .03, .9, .012], [.2, .00001, .2, .5], [.02])],
    ks=ks_cases(),
    kolmogorov=kolmogorov(),
    adult=adult(sys.argv[1]),
), indent=1))
