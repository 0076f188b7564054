"""The garbage collector after start-up: what is there is left alone, what comes is still collected."""

import subprocess
import sys

PROGRAM = """
import gc, weakref
from handlers.http.settle import settle

class Ring: pass

settle()
assert gc.get_freeze_count() > 1000
ring = Ring(); ring.itself = ring; seen = weakref.ref(ring); del ring
gc.collect()
assert seen() is None
settle()
print("settled", gc.get_threshold()[0])
"""


def test_later_garbage_is_still_collected_when_the_process_has_settled() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "settled 20000"), done.stderr
