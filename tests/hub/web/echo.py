"""A WSGI application for trials of the server: says what it was sent, after a moment of work."""

import time


def application(environ, start_response):
    body = environ["wsgi.input"].read()
    time.sleep(0.02)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
