"""SQS misbehaving on demand: rules that say which calls go wrong, when, and how. Without rules, nothing of it is there.

`rules.py` says what a rule is, `parsing.py` reads what people write, `injector.py` puts rules in force, and
`scenarios.py` names whole sets of them.
"""

from __future__ import annotations
