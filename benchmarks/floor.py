"""The floor: the least a Flask app does to keep an answer and to hand out a paper, under the product's own gunicorn."""

import os
import queue
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from flask import Flask, Response, jsonify, request

SCHEMA = """
CREATE TABLE answers (attempt text, question text, revision integer, text text, PRIMARY KEY (attempt, question));
CREATE TABLE attempts (ref text PRIMARY KEY, started_at timestamptz, paper jsonb)
"""
pool: "queue.LifoQueue[psycopg.Connection]" = queue.LifoQueue()
app = Flask(__name__)


@contextmanager
def connection() -> Iterator[psycopg.Connection]:
    try:
        conn = pool.get_nowait()
    except queue.Empty:
        conn = psycopg.connect(os.environ["FLOOR_DATABASE_URL"], autocommit=True)
    yield conn
    pool.put(conn)


@app.post("/save")
def save() -> Response:
    body = request.get_json()
    (answer,) = body["answers"]
    row = (body["attempt"], answer["question"], answer["revision"], answer["text"])
    with connection() as conn:
        conn.execute(
            "INSERT INTO answers VALUES (%s, %s, %s, %s) ON CONFLICT (attempt, question)"
            " DO UPDATE SET revision = excluded.revision, text = excluded.text",
            row,
        )
    return jsonify({"kept": [{"question": answer["question"], "revision": answer["revision"], "status": "saved"}]})


@app.post("/start/<ref>")
def start(ref: str) -> Response:
    with connection() as conn, conn.transaction():
        conn.execute("UPDATE attempts SET started_at = now() WHERE ref = %s", [ref])
        row = conn.execute("SELECT paper FROM attempts WHERE ref = %s", [ref]).fetchone()
    return jsonify(row[0] if row else {})
