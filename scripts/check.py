"""Every static check of the project, each by name; all run, and the summary says which failed."""

import filecmp
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
OPENAPI = ROOT / "docs" / "openapi.yaml"

# Passed, failed, or None: it could not be looked at; and what there is to say.
Outcome = tuple[bool | None, str]
WORDS = {True: "ok", False: "FAILED", None: "SKIPPED"}


def tool(*command: str, environment: dict[str, str] | None = None) -> Outcome:
    """Run a program of the environment on the project."""
    executable = str(BIN / command[0])
    result = subprocess.run(
        [executable, *command[1:]],
        cwd=ROOT, env={**os.environ, **(environment or {})}, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return result.returncode == 0, result.stdout


def manage(*arguments: str, environment: dict[str, str] | None = None) -> Outcome:
    """Run a management command."""
    return tool("python", "manage.py", *arguments, environment=environment)


def templates() -> list[str]:
    """Return the Django templates of the project."""
    found = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("apps/*/templates/**/*.html")]
    return [str(path.relative_to(ROOT)) for path in sorted(found)]


def on_templates(*command: str) -> Outcome:
    """Run a program on every template."""
    return tool(*command, *templates()) if templates() else (True, "")


def audit() -> Outcome:
    """Ask PyPI for known vulnerabilities of what is installed; skipped, and said so, when it does not tell."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "audit.json")
        _, output = tool("pip-audit", "--local", "--progress-spinner=off", "--format=json", f"--output={report}")
        if not report.exists():
            return None, f"PyPI could not be asked:\n{output[-500:]}"
        packages = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    vulnerable = [
        f"{package['name']} {package['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'none'}"
        for package in packages
        for flaw in package.get("vulns", [])
    ]
    if vulnerable:
        return False, "\n".join(vulnerable)
    unknown = sum("skip_reason" in package for package in packages)
    if unknown:
        return None, f"PyPI told nothing about {unknown} of {len(packages)} packages."
    return True, ""


def deploy_check() -> Outcome:
    """Run Django's deployment checks on the production settings with throwaway secrets."""
    return manage(
        "check", "--deploy", "--fail-level", "WARNING",
        environment={
            "DJANGO_SETTINGS_ENV": "production",
            "DJANGO_SETTINGS_MODULE": "lms_backend.settings.production",
            "DEBUG": "False",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "JWT_SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": "postgres://nobody@localhost/nothing",
            "DATABASE_OWNER_URL": "",
            "ALLOWED_HOSTS": "lms.example.com",
        },
    )  # fmt: skip


def openapi_drift() -> Outcome:
    """Compare the committed schema with the one that the views give."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder, "openapi.yaml")
        done, output = manage("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
        if not done:
            return False, output
        if not OPENAPI.exists() or not filecmp.cmp(fresh, OPENAPI, shallow=False):
            return False, f"{OPENAPI.relative_to(ROOT)} is out of date: run `make schema` and commit it."
    return True, output


@dataclass(frozen=True, slots=True)
class Check:
    """A named check."""

    name: str
    run: Callable[[], Outcome]


CHECKS = [
    Check("format (ruff)", lambda: tool("ruff", "format", "--check", ".")),
    Check("lint (ruff)", lambda: tool("ruff", "check", ".")),
    Check("types (mypy)", lambda: tool("mypy")),
    Check("import contracts (import-linter)", lambda: tool("lint-imports", "--no-cache")),
    Check("dependencies used (deptry)", lambda: tool("deptry", ".")),
    Check("dependencies safe (pip-audit)", audit),
    Check("template format (djade)", lambda: on_templates("djade", "--target-version", "5.2", "--check")),
    Check("template lint (djlint)", lambda: on_templates("djlint", "--lint", "--quiet")),
    Check("no missing migration", lambda: manage("makemigrations", "--check", "--dry-run")),
    Check("migrations safe (migration linter)", lambda: tool("python", "scripts/lint_migrations.py")),
    Check("deployment (check --deploy)", deploy_check),
    Check("OpenAPI schema up to date", openapi_drift),
    Check(
        "docker-compose.yml (compose schema)",
        lambda: tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ),
    Check("Dockerfile (hadolint)", lambda: tool("hadolint", "Dockerfile")),
    Check("shell scripts (shellcheck)", lambda: tool("shellcheck", "docker/entrypoint.sh", ".ci/run")),
]


def main() -> int:
    """Run the checks whose name holds one of the arguments, or all; 0 when all pass."""
    wanted = [check for check in CHECKS if not sys.argv[1:] or any(word in check.name for word in sys.argv[1:])]
    failed: list[str] = []
    skipped: list[str] = []
    for check in wanted:
        print(f"{check.name} … ", end="", flush=True)
        started = time.monotonic()
        passed, output = check.run()
        print(f"{WORDS[passed]} ({time.monotonic() - started:.1f} s)")
        if not passed:
            (skipped if passed is None else failed).append(check.name)
            print(output)
    print(f"\n{len(wanted) - len(failed) - len(skipped)} of {len(wanted)} checks passed.")
    for verdict, names in (("skipped", skipped), ("failed", failed)):
        for name in names:
            print(f"  {verdict}: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
