"""The faults and attacks that Barwatch must bear, and what must hold in each: 53 rows, numbered from 1."""

from typing import NamedTuple


class FaultRow(NamedTuple):
    """One fault or attack, how it is brought about, and what must hold meanwhile and afterwards."""

    fault: str
    brought_about: str
    must_hold: str


ROWS = dict(
    enumerate(
        (
            FaultRow(
                "The camera is lost",
                "its RTSP server is killed",
                "degraded within 3 s, `camera_lost` within 10 s, live again within 10 s of its return",
            ),
            FaultRow(
                "The camera is not there at the start",
                "the service starts first",
                "live within 35 s of its appearance",
            ),
            FaultRow(
                "Reading blocks",
                "a server that accepts and then says nothing",
                "given up within 3 s; other cameras notice nothing",
            ),
            FaultRow(
                "The picture is frozen",
                "one frame again and again, its time stamps advancing",
                "`camera_frozen` within 10 s",
            ),
            FaultRow(
                "The stream is damaged", "bytes of H.264 flipped", "no crash; `unknown` while it is damaged"
            ),
            FaultRow(
                "Time runs backwards",
                "time stamps that jump; a wall clock set an hour ahead and back",
                "no alarm lost, doubled or invented",
            ),
            FaultRow(
                "The camera does not see",
                "moved, covered, snow on the lens, dark",
                "`view_changed` or `low_visibility` within 30 s; verdicts `unknown`",
            ),
            FaultRow(
                "One bad camera among eight",
                "one hangs, one floods",
                "the others lose at most 5 % of their frames",
            ),
            FaultRow(
                "A camera's or the network's process dies or hangs",
                "SIGSEGV, SIGKILL, sleep without end",
                "frames again within 5 s; `worker_down` meanwhile",
            ),
            FaultRow(
                "Overload", "five times the frames", "at most 10 % more memory; what is dropped is counted"
            ),
            FaultRow("The database is locked", "four writers for a minute", "no error"),
            FaultRow(
                "The disk is full",
                "a volume of 8 MB",
                "alarms go on live; the database is intact afterwards",
            ),
            FaultRow(
                "The process is killed at any moment",
                "SIGKILL 200 times while alarms are raised",
                "no committed alarm lost or doubled for a client that resumes",
            ),
            FaultRow(
                "A client's WebSocket is cut", "100 times, resumed with `after`", "no gap, nothing doubled"
            ),
            FaultRow(
                "A client does not read",
                "a WebSocket left unread",
                "the others wait less than 50 ms (p99); the slow one is dropped and can resume",
            ),
            FaultRow(
                "A flood of alarms, and shelving abused",
                "every order of actions that Hypothesis finds",
                "no unacknowledged alarm vanishes; shelving ends",
            ),
            FaultRow(
                "A picture that is a bomb",
                "a PNG of 410 kB with 900 million pixels",
                "4xx within 50 ms and 10 MB",
            ),
            FaultRow(
                "Odd files as pictures",
                "JPEG with a ZIP behind it, TIFF, SVG, WebP, GIF, truncated, random bytes",
                "JPEG and PNG alone are read; 4xx, never 5xx",
            ),
            FaultRow(
                "The network's file is damaged or exchanged",
                "200 single-bit flips; another model",
                "each refused at the start, with the reason",
            ),
            FaultRow(
                "A camera's password leaks",
                "a canary as password, looked for in logs, API, metrics, errors and the process list",
                "found nowhere",
            ),
            FaultRow(
                "A camera's address is an attack",
                "`file:`, `concat:`, `exec:`, link-local addresses, DNS rebinding",
                "refused unless an admin allowed it; never a shell",
            ),
            FaultRow(
                "Wrong role, no token, foreign origin",
                "every route with every role; a WebSocket from elsewhere",
                "401 or 403 each time; a new route cannot be forgotten",
            ),
            FaultRow("Tokens are guessed", "1,000 wrong ones", "limited; alarms notice nothing"),
            FaultRow("Paths in names", "generated ids and names", "nothing outside the data folder"),
            FaultRow(
                "Malformed requests",
                "schemathesis on the API's description",
                "never 5xx; each answer as described",
            ),
            FaultRow("The audit log is edited", "a row changed", "found by the chain of hashes"),
            FaultRow(
                "The network's manifest is edited",
                "each number of the calibration changed; 200 bit flips",
                "refused at the start, or another model identity",
            ),
            FaultRow(
                "A decoding bomb of legal size",
                "40 progressive JPEGs of 20 kB with thousands of scans, to an unknown lift",
                "`/health/ready`, acknowledging and alarms within 200 ms (p99) meanwhile",
            ),
            FaultRow(
                "Half-open and slow requests",
                "1,300 connections that never end a header; a body of one byte a second",
                "closed after 10 s; the service answers throughout; less than 1 MB of log",
            ),
            FaultRow(
                "A condition ends before anybody saw it",
                "a camera lost and back; the service restarted",
                "`returned`: still on the list, and can be acknowledged",
            ),
            FaultRow(
                "A second cause under a shelved first",
                "snow is shelved, then the lens is covered",
                "a new event, seen and heard",
            ),
            FaultRow(
                "A row of the outbox is damaged",
                "row 50 of 60; clients that resume after 0 and 40",
                "all others delivered; the damage reported",
            ),
            FaultRow(
                "The database is damaged",
                "40 files with 8 flipped bits each",
                "one line at the start, with the newest good backup; nothing overwritten",
            ),
            FaultRow(
                "The clock is 400 days ahead, or an hour back",
                "one pass of the maintenance",
                "nothing deleted, an event, no shelving longer than was asked for",
            ),
            FaultRow(
                "Two services on one data folder",
                "a second one is started",
                "refused, with the process id of the holder",
            ),
            FaultRow(
                "A camera's address in disguise",
                "decimal, octal, hexadecimal, IPv4-mapped, names, redirects",
                "what is dialled decides; refused",
            ),
            FaultRow(
                "The service's own variable in a camera's address", "`${BARWATCH_ADMIN_TOKEN}`", "refused"
            ),
            FaultRow(
                "The children's environment", "all child processes", "no token, no other camera's password"
            ),
            FaultRow("Signed out, then restarted", "the cookie is tried again", "401"),
            FaultRow(
                "Forged history",
                "a row changed, one deleted, a picture changed",
                "`verify` names it",
            ),
            FaultRow("The cookie behind a proxy", "TLS ends elsewhere", "`Secure` is set"),
            FaultRow(
                "The limit is evaded by a header",
                "300 wrong tokens, each with another `X-Forwarded-For`",
                "limited",
            ),
            FaultRow(
                "Dates at the ends of the calendar",
                "`0001-01-01T00:00+14:00`, `9999-12-31T23:59-14:00`",
                "200 or 422, never 500",
            ),
            FaultRow(
                "The disk stays full",
                "alarms go on",
                "connected operators get each alarm, marked as not yet stored",
            ),
            FaultRow("Chatter", "100 changes on and off within a minute", "one alarm, said to chatter"),
            FaultRow(
                "A file is deleted under the service",
                "the database is removed while it runs",
                "noticed within 10 s",
            ),
            FaultRow(
                "A thread dies; SIGTERM during the start",
                "an exception from anywhere; 50 moments",
                "it recovers or readiness says so; ended within 10 s",
            ),
            FaultRow(
                "A carrier without a trace",
                "both cores busy, a first start, a slow consumer",
                "judged + unknown = passed",
            ),
            FaultRow(
                "The database's server is lost",
                "PostgreSQL is killed under the service",
                "writes and reads are refused as on a full disk; all goes on by itself when it is back",
            ),
            FaultRow(
                "Two services on one database",
                "a second one is started, also after the first one lost its connection",
                "one alone leads; whoever led before commits nothing any more, and ends",
            ),
            FaultRow(
                "Two owners of one camera",
                "an owner is cut off and goes on watching, its clock is off, what it saw comes late",
                "one record and at most one alarm of each carrier; what is refused is counted",
            ),
            FaultRow(
                "The service that leads is lost",
                "replica and leader are killed while alarms come; a leader that answers nothing",
                "another leads; clients resume by seq; without a leader feeds end and nothing sounds calm",
            ),
            FaultRow(
                "A cluster's head, node, embedder or driver is lost",
                "each is killed or stopped under load",
                "every request is answered within 2 s; `cluster_lost` meanwhile; it comes back by itself",
            ),
        ),
        start=1,
    )
)
