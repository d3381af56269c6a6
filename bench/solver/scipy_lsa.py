"""scipy's linear_sum_assignment with replicated columns, one problem per line of standard input:
   <method> <file> <milliseconds to measure for>
Answers with one JSON object per line. Timed is the call alone, not the replication of the columns."""
import json
import sys
import time

import numpy
from scipy.optimize import linear_sum_assignment

loaded, seats = None, None
for line in sys.stdin:
    _, path, for_ms = line.split()
    if path != loaded:
        loaded = path
        with open(path, "rb") as file:
            rows, cols = numpy.fromfile(file, numpy.int32, 2)
            capacities = numpy.fromfile(file, numpy.int32, cols)
            scores = numpy.fromfile(file, numpy.float64).reshape(rows, cols)
        # A forbidden pair at 0 is the same as staying out; all other scores are at least 0.
        seats = numpy.repeat(numpy.where(numpy.isinf(scores), 0, scores), numpy.minimum(capacities, rows), axis=1)
        del scores
    spent, runs = 0.0, 0
    while runs == 0 or spent < float(for_ms):
        start = time.process_time_ns()
        chosen = linear_sum_assignment(seats, maximize=True)
        spent += (time.process_time_ns() - start) / 1e6
        runs += 1
    print(json.dumps({"cpuMs": spent / runs, "value": float(seats[chosen].sum())}), flush=True)
