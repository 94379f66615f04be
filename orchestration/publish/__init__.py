"""Releases: written aside, proved, sealed, then pointed to. Plain Python, may not import dagster.

release.py publishes, rollback.py points back, verify.py checks what is there, retention.py removes what nobody needs.
Under them: gates.py (may this build be published), marts.py (what is published), canonical.py (content hashes),
export.py (Parquet and CSV), proofs.py (a second engine reads back), changes.py and describe.py (what a release says of
itself), layout.py, pointer.py, audit.py and disk.py (folders, the swap, the log, fsync).
"""
