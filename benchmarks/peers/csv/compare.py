"""CSV to float32 by Cifer and by pandas.read_csv, alternating; prints the ratio of the medians.

python compare.py JAVA CLASSPATH CsvPeer.java [MEGABYTES [ROUNDS]]

The table has a header, 20 columns of numbers with 6 significant digits and a label. Exit code 1 if Cifer is
slower.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

java, classes, source = sys.argv[1:4]
megabytes = int(sys.argv[4]) if len(sys.argv) > 4 else 100
rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 5
REPEATS = 6  # of which the first half lets the virtual machine compile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "table.csv")
    random = np.random.default_rng(1)
    with open(path, "w", encoding="ascii") as out:
        out.write(",".join(f"c{i}" for i in range(20)) + ",label\n")
        while out.tell() < megabytes << 20:
            values = random.normal(size=(5000, 20)) * 100
            np.savetxt(out, np.column_stack([values, random.integers(0, 2, 5000)]), fmt=["%.6g"] * 20 + ["%d"], delimiter=",")
    size = os.path.getsize(path) / 1e6
    ours, theirs = [], []
    for _ in range(rounds):
        printed = subprocess.run([java, "-Xmx256m", "-cp", classes, source, path, str(REPEATS)], check=True, capture_output=True, text=True).stdout
        ours.append(statistics.median(map(float, printed.split()[REPEATS // 2 :])))
        for _ in range(2):
            start = time.perf_counter()
            frame = pd.read_csv(path).to_numpy(np.float32)
            theirs.append((time.perf_counter() - start) * 1e3)
        assert frame.shape[1] == 21
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{size:.0f} MB: Cifer {a:.0f} ms ({size / a:.2f} GB/s), pandas {pd.__version__} {b:.0f} ms ({size / b:.2f} GB/s)")
    print(f"pandas / Cifer: {b / a:.2f} (expected: >= 1)")
    sys.exit(0 if b >= a else 1)
