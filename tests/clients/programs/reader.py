"""Prints the messages of a stream, with nothing but what Python brings along."""
import json
import sys
import time
import urllib.request


def say(**message):
    print(json.dumps(message), flush=True)


def read(url, last_event_id):
    """Reads one connection to its end; yields each new last event id."""
    headers = {"Accept": "text/event-stream"}
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as stream:
        say(open=True)
        kind, data, event_id = "", [], last_event_id
        for line in stream:
            field, _, value = line.decode().rstrip("\r\n").partition(":")
            value = value.removeprefix(" ")
            if line in (b"\n", b"\r\n"):
                yield event_id
                if data:
                    say(type=kind, data="\n".join(data))
                kind, data = "", []
            elif field == "data":
                data.append(value)
            elif field == "event":
                kind = value
            elif field == "id":
                event_id = value


last = ""
while True:
    try:
        for last in read(sys.argv[1], last):
            pass
    except OSError:
        pass
    time.sleep(1)
