"""`tradewind doctor`: what is fine, what somebody should know, and what does not work."""

import typer

from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, finish

SIGNS = {"ok": "ok  ", "warn": "warn", "bad": "BAD "}


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Check the installation and say what to mend. Ends with 1 when something does not work."""
    from tradewind.cli.doctor import examine

    findings = []
    for finding in examine(data):
        findings.append(finding)
        if not as_json:
            print(f"{SIGNS[finding.state]}  {finding.subject:<13} {finding.text}", flush=True)
    is_well = all(finding.state != "bad" for finding in findings)
    result = {"ok": is_well, "findings": [finding.as_json() for finding in findings]}
    finish(result, as_json=as_json, lines="\nAll is well." if is_well else "\nSomething needs mending.")
    if not is_well:
        raise typer.Exit(1)
