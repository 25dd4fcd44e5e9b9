"""What goes from Python to the page: Jupyter's own messages, counted as they are written to the socket."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import comm
import pytest
from comm.base_comm import BaseComm
from ipykernel.jsonutil import json_clean
from jupyter_client.session import Session


@dataclass
class Wire:
    """A socket that counts what is written to it: one list of message sizes, in bytes, for each act."""

    sizes: list[list[int]] = field(default_factory=lambda: [[]])

    def send_multipart(self, parts: Iterable[bytes | memoryview], copy: bool = True) -> None:
        self.sizes[-1].append(sum(memoryview(part).nbytes for part in parts))


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What widgets send from now on: the messages that ipykernel would put on its socket."""
    wire, session = Wire(), Session(key=b"0" * 32)

    class CountedComm(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys) -> None:
            content = json_clean({"data": data or {}, "comm_id": self.comm_id, **keys})
            metadata = json_clean(metadata or {})
            session.send(wire, msg_type, content, metadata=metadata, ident=self.comm_id.encode(), buffers=buffers)

    monkeypatch.setattr(comm, "create_comm", CountedComm)
    return wire
