"""The doctor's rules: each looks at the evidence and says what it finds.

What they are for is in Celery's and kombu's bug trackers many times over: a task that ran twice, one that waits for its
ETA and comes again and again, a worker that receives nothing. Moments are milliseconds; what is said is in seconds, as
the settings are.
"""

from __future__ import annotations
