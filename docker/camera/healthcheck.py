"""The cameras' health check: does the RTSP server answer what it can do?"""

import socket
import sys

QUESTION = b"OPTIONS rtsp://127.0.0.1:8554/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"

try:
    with socket.create_connection(("127.0.0.1", 8554), timeout=4.0) as connection:
        connection.sendall(QUESTION)
        answer = connection.recv(256)
except OSError as error:
    sys.exit(f"no answer: {error!r}")
sys.exit(0 if answer.startswith(b"RTSP/1.0 200") else f"answered {answer[:80]!r}")
