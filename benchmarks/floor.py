"""An empty view: what the web server alone can do, beside which the real calls are measured."""

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

app = Flask("floor")


@app.get("/")
def answer() -> ResponseReturnValue:
    """Answer with next to nothing."""
    return jsonify(status="ok")
