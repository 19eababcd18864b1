"""What the emulator costs: `python -m tests.bench` (Linux only; it reads /proc and uses epoll).

CPU time of the server's process is what is compared, not requests per second: the load generator shares the machine's
cores with it, and neighbours and a slow generator move the first far less. Every figure is a median over rounds; what
is compared takes turns within each round, each time in a fresh process, so that drift of the machine hits both alike.
"""
