"""Releases: written aside, proved, sealed, then pointed to. Plain Python, may not import dagster.

release.py publishes, rollback.py points back, verify.py checks what is there, retention.py removes what nobody needs.
Under them: gates.py (may this build be published), marts.py and documented.py (what is published), files.py and export.py
(Parquet and CSV), canonical.py (content hashes), proofs.py (a second engine reads back), before.py (the previous release),
changes.py and describe.py (what a release says of itself), restricted.py (the root with personal data follows), layout.py,
pointer.py, removal.py, audit.py and disk.py (folders, the swap, the log, fsync).
"""
