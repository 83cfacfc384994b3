"""The downloader, against a server of the test's own: cut connections, ranges, wrong sums, mirrors, no network."""

from __future__ import annotations

import hashlib
import http.server
import os
import re
import threading

import pytest

from penlight import hub
from penlight.utils.download import DownloadError, fetch, file_digest

CONTENT = bytes(range(256)) * 40
MD5, SHA = hashlib.md5(CONTENT).hexdigest(), hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT; `cuts`: after how many bytes each of the next answers ends; `ranges`: whether parts are sent."""

    cuts: list
    ranges, etag = True, '"one"'


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range"), self.headers.get("If-Range")))
        if "none" in self.path:
            return self.send_error(404)
        body = b"other" * 2048 if "other" in self.path else CONTENT
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range") or "")
        start = int(asked[1]) if asked and self.server.ranges else 0
        if self.headers.get("If-Range") not in (None, self.server.etag):
            start = 0
        if start >= len(body):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        if self.server.etag:
            self.send_header("ETag", self.server.etag)
        self.end_headers()
        end = self.server.cuts.pop(0) if self.server.cuts else len(body)
        self.wfile.write(body[start : start + end])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("PENLIGHT_OFFLINE", raising=False)
    running = Server(("127.0.0.1", 0), Handler)
    running.cuts, running.asked = [], []
    running.url = f"http://127.0.0.1:{running.server_port}/"
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("digest", [None, MD5, SHA, SHA[:8]])
def test_a_cut_connection_is_resumed(server, tmp_path, digest):
    server.cuts = [3000, 2000]
    fetch([server.url + "file"], tmp_path / "new" / "file", digest)
    assert (tmp_path / "new" / "file").read_bytes() == CONTENT
    assert [part for _, part, _ in server.asked] == [None, "bytes=3000-", "bytes=5000-"]
    assert [version for _, _, version in server.asked] == [None, '"one"', '"one"']
    assert os.listdir(tmp_path / "new") == ["file"]


def test_without_ranges_it_begins_anew(server, tmp_path):
    server.ranges, server.cuts = False, [3000]
    fetch([server.url + "file"], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_without_a_version_or_sum_it_begins_anew(server, tmp_path):
    server.etag, server.cuts = None, [3000]
    fetch([server.url + "file"], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT and server.asked[1][1] is None


def test_a_part_of_an_earlier_process_is_continued(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:7000])
    fetch([server.url + "file"], tmp_path / "file", MD5)
    assert server.asked == [("/file", "bytes=7000-", None)] and file_digest(tmp_path / "file") == SHA
    for wrong in (b"x" * 7000, CONTENT + b"more"):  # another file's, or too long
        os.replace(tmp_path / "file", tmp_path / "old")
        (tmp_path / "file.part").write_bytes(wrong)
        fetch([server.url + "file"], tmp_path / "file", MD5)
        assert (tmp_path / "file").read_bytes() == CONTENT
    (tmp_path / "sumless.part").write_bytes(CONTENT[:7000])
    fetch([server.url + "file"], tmp_path / "sumless")
    assert server.asked[-1][1] is None  # without a sum, nobody knows whose bytes those are


def test_what_came_is_kept_for_the_next_try(server, tmp_path):
    server.cuts = [100, 0]
    with pytest.raises(DownloadError, match="expected 10240 bytes, received 100"):
        fetch([server.url + "file"], tmp_path / "file", MD5)
    assert os.listdir(tmp_path) == ["file.part"]
    fetch([server.url + "file"], tmp_path / "file", MD5)
    assert server.asked[-1][1] == "bytes=100-" and os.listdir(tmp_path) == ["file"]


def test_mirrors_are_tried_in_turn(server, tmp_path):
    urls = ["http://127.0.0.1:9/file", server.url + "none", server.url + "other", server.url + "file"]
    fetch(urls, tmp_path / "file", MD5)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [path for path, _, _ in server.asked] == ["/none", "/other", "/file"]
    with pytest.raises(DownloadError) as caught:
        fetch(urls[:3], tmp_path / "again", MD5, advice="Or use the sample")
    text = str(caught.value)
    for part in (*urls[:3], "404", "invalid hash value", MD5, str(tmp_path / "again"), "Or use the sample"):
        assert part in text
    assert os.listdir(tmp_path) == ["file"]
    with pytest.raises(ValueError, match="http"):
        fetch(["ftp://127.0.0.1/a"], tmp_path / "a")


def test_two_at_a_time_do_not_share_a_part(server, tmp_path):
    fcntl = pytest.importorskip("fcntl")
    with open(tmp_path / "file.part", "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        fetch([server.url + "file"], tmp_path / "file", MD5)
        assert (tmp_path / "file").read_bytes() == CONTENT and os.path.getsize(tmp_path / "file.part") == 0


def test_offline(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PENLIGHT_OFFLINE", "1")
    with pytest.raises(OSError, match=r"(?s)PENLIGHT_OFFLINE is set.*save the file as") as caught:
        fetch([server.url + "file"], tmp_path / "deep" / "file", MD5)
    assert isinstance(caught.value, RuntimeError) and not server.asked and not os.listdir(tmp_path)


def test_weights_through_hub(server, tmp_path, monkeypatch):
    path = tmp_path / "w.bin"
    hub.download_url_to_file(server.url + "file", str(path), SHA[:8], progress=False)
    assert path.read_bytes() == CONTENT
    with pytest.raises(RuntimeError, match='invalid hash value .expected "00000000"'):
        hub.download_url_to_file(server.url + "file", str(tmp_path / "x.bin"), "0" * 8, progress=False)
    hub.download_url_to_file(path.as_uri(), str(tmp_path / "copy.bin"))
    assert (tmp_path / "copy.bin").read_bytes() == CONTENT
