"""Calls that read a plan and change it over HTTP."""

from __future__ import annotations


def look(client, headers, plan_id):
    """Read a plan whole."""
    return client.get(f"/v1/plans/{plan_id}", headers=headers).json


def stands(client, headers, plan_id) -> dict[str, tuple[str, str]]:
    """Give for each visit its carer and start."""
    tours = look(client, headers, plan_id)["tours"]
    return {stop["visit_id"]: (tour["carer_id"], stop["start_at"]) for tour in tours for stop in tour["stops"]}


def post(client, headers, path, *, version=None, **body):
    """Send a body, with the version of the plan that it is meant for."""
    etag = {"If-Match": f'"v{version}"'} if version else {}
    return client.post(path, headers=headers | etag, json=body)


def change(client, headers, plan_id, *, reason="老人来电", **body):
    """Change a plan by hand, at the version that it is at unless one is given."""
    version = body.pop("version", None) or look(client, headers, plan_id)["version"]
    return post(client, headers, f"/v1/plans/{plan_id}/changes", version=version, reason=reason, **body)
