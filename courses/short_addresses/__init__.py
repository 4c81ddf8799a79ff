"""Short addresses of curricula and their QR codes, for packs and paper.

``/c/<code>/`` leads to the curriculum as it is now; ``/c/<code>/2/``, which packs of version 2
contain, to what changed since that copy.
"""
