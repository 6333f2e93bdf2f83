"""Evidently's data drift preset with its defaults, on the rows of bench/drift.ts.

Usage: bench/drift.ts --evidently PYTHON runs it: evidently_drift.py LIVE.parquet REFERENCE.parquet, with a column for each
feature. Prints a line of JSON: seconds and cpuSeconds of reading the files and of the report, reportCpuSeconds of the report
alone, peakMb of the process, rows, columns, version. Made for Evidently 0.7.23, whose import fails with pandas 3:
pip install evidently==0.7.23 'pandas<3' pyarrow. Its default tests are chosen by the number of rows: above 1,000 the
Wasserstein distance for numbers and the Jensen-Shannon distance for categories.
"""

import importlib.metadata
import json
import resource
import sys
import time

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

started, cpu = time.perf_counter(), time.process_time()
live, reference = (pd.read_parquet(path) for path in sys.argv[1:3])
read_cpu = time.process_time()
Report([DataDriftPreset()]).run(live, reference)
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": time.process_time() - cpu,
            "reportCpuSeconds": time.process_time() - read_cpu,
            "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "rows": len(live),
            "columns": len(live.columns),
            "version": importlib.metadata.version("evidently"),
        }
    )
)
