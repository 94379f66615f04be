"""Without a database of one's own: the demo of all systems, which goes on by a day with every night."""

from __future__ import annotations

from pathlib import Path

from orchestration.extract.catalog import catalog
from tests.e2e.conftest import KEY, WarmDeployment, clean_environment, forget_history
from tests.warm import Warm

EARLY = "2024-11-12T02:59:59+00:00"  # one second to midnight in Buenos Aires: the 11th is not over there
LATER = "2024-11-13T03:00:00+00:00"


class Demo(WarmDeployment):
    """Nothing is said but where its home is, what time it is, and the zone of its days."""

    @property
    def environment(self) -> dict[str, str]:
        said = {"HOME": str(self.home), "NOW": self.clock, "REPORTING_TIMEZONE": "America/Argentina/Buenos_Aires"}
        return clean_environment() | {f"MARTLET_{name}": value for name, value in said.items()}


def test_the_demo_is_published_and_goes_on_by_a_day_and_takes_no_key_of_anybody(warm: Warm, tmp_path: Path) -> None:
    demo = Demo(tmp_path / "home", warm=warm, clock=EARLY)
    forget_history(demo)
    demo.give_parse()
    done = demo.martlet("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    assert demo.manifest()["as_of"] == "2024-11-11T03:00:00Z"
    users = demo.mart("mart_growth").aggregate("platform").fetchall()
    assert {platform for (platform,) in users} == set(catalog())
    again = demo.martlet("nightly")
    assert again.returncode == 0 and "Nothing new" in again.stdout and len(demo.releases()) == 1
    done = demo.martlet("nightly", MARTLET_NOW=LATER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert demo.manifest()["as_of"] == "2024-11-13T03:00:00Z" and len(demo.releases()) == 2
    days = demo.mart("mart_active_users_daily").aggregate("max(date_day)::varchar").fetchall()
    assert days == [("2024-11-12",)], "the day of Buenos Aires, not of UTC"
    own = {"MARTLET_PHOTOBOOTH_URL": "duckdb:///nowhere.duckdb", "MARTLET_PSEUDONYM_KEY": KEY}
    refused = demo.martlet("nightly", MARTLET_NOW=LATER, **own)
    assert refused.returncode == 2 and "was made with the pseudonym key" in refused.stderr
    assert KEY not in refused.stderr
