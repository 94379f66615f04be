"""The assets, one file per stage: raw (extract), warehouse (dbt), release (publish)."""
