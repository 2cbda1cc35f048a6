"""The demo: a pretend home of devices that speak to a real broker, each in its own dialect of discovery.

Everything but `demo_home` is a play without I/O: things on a stage that hear texts on topics, take their time, and say
texts on topics. `demo_home` carries what is heard and said over a real connection. The rest of the program knows
nothing of it and takes these things for real.
"""
