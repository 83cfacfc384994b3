"""Profiles: which events there are, that their times add up, what is written."""

from __future__ import annotations

import gzip
import json

import pytest

import penlight as torch
from penlight.profiler import ProfilerActivity, profile, record_function, schedule, tensorboard_trace_handler


def keys(events):
    return {event.key: event.count for event in events}


def test_ops_rules_and_blocks_are_counted():
    weight, x = torch.ones(3, 4, requires_grad=True), torch.ones(2, 4)
    torch.nn.functional.linear(x, weight).relu().sum().backward()  # everything is compiled
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as prof:
        for _ in range(3):
            with record_function("model"):
                loss = torch.nn.functional.linear(x, weight).relu().sum()
            loss.backward()
    found = keys(prof.key_averages())
    assert {k: found[k] for k in ("model", "aten::linear", "aten::relu", "aten::sum", "ReluBackward0")} == {
        "model": 3, "aten::linear": 3, "aten::relu": 3, "aten::sum": 3, "ReluBackward0": 3,
    }  # fmt: skip
    shapes = {e.key: e.input_shapes for e in prof.key_averages(group_by_input_shape=True)}
    assert shapes["aten::linear"][:2] == [[2, 4], [3, 4]]


def test_times_nest_and_add_up():
    with torch.autograd.profiler.profile() as prof, record_function("outer"):
        for _ in range(5):
            torch.ones(50, 50) @ torch.ones(50, 50)
    outer = next(e for e in prof.function_events if e.name == "outer")
    inside = [e for e in prof.function_events if e.cpu_parent is outer]
    assert inside and sum(e.cpu_time_total for e in inside) <= outer.cpu_time_total
    assert prof.self_cpu_time_total == pytest.approx(outer.cpu_time_total)
    for event in prof.function_events:
        assert event.self_cpu_time_total >= 0
    assert prof.total_average().count == len(prof.function_events)


def test_table():
    with torch.autograd.profiler.profile() as prof:
        torch.ones(2).exp()
    lines = prof.key_averages().table(sort_by="count", row_limit=1, time_unit="us").splitlines()
    assert lines[1].split("  ")[-1].strip() == "# of Calls" and "Self CPU %" in lines[1]
    assert len(lines) == 6 and lines[3].rstrip().endswith("1") and lines[-1].endswith("us")
    with pytest.raises(AttributeError, match="nonsense"):
        prof.table(sort_by="nonsense")


def test_memory_is_what_stays():
    with torch.autograd.profiler.profile(profile_memory=True) as prof:
        kept = torch.ones(1000, 1000)
    ones = next(e for e in prof.function_events if e.key == "aten::ones")
    assert kept.shape == (1000, 1000) and 4_000_000 <= ones.cpu_memory_usage < 4_100_000


def test_schedule_picks_steps_and_traces_are_written(tmp_path):
    ready = []

    def on_ready(prof):
        ready.append((prof.step_num, keys(prof.key_averages())))
        tensorboard_trace_handler(str(tmp_path), "worker")(prof)

    with profile(schedule=schedule(wait=1, warmup=1, active=2, repeat=1), on_trace_ready=on_ready) as prof:
        for _ in range(6):
            torch.ones(2).exp()
            prof.step()
    assert [step for step, _ in ready] == [4]
    assert ready[0][1]["aten::exp"] == 2 and ready[0][1]["ProfilerStep*2"] == 1
    (file,) = tmp_path.glob("worker.*.pt.trace.json")
    events = json.loads(file.read_text())["traceEvents"]
    assert {e["name"] for e in events if e["cat"] == "user_annotation"} == {"ProfilerStep*2", "ProfilerStep*3"}
    assert all(e["ph"] == "X" and e["dur"] >= 0 for e in events)


def test_what_is_not_recorded_raises():
    with pytest.raises(NotImplementedError, match="with_stack"):
        profile(with_stack=True)
    with pytest.raises(RuntimeError, match="already enabled"), profile(), profile():
        pass
    with torch.autograd.profiler.profile() as prof, pytest.raises(RuntimeError, match="finish"):
        prof.table()
    with torch.autograd.profiler.profile(enabled=False) as prof:
        torch.ones(1)
    assert prof.function_events is None


def test_traces_may_be_compressed_and_carry_metadata(tmp_path):
    with profile() as prof:
        torch.ones(2).sum()
        prof.add_metadata("run", "first")
        prof.add_metadata_json("sizes", "[1, 2]")
    tensorboard_trace_handler(tmp_path, "w", use_gzip=True)(prof)
    (path,) = tmp_path.iterdir()
    with gzip.open(path) as file:
        written = json.load(file)
    assert path.name.endswith(".pt.trace.json.gz") and (written["run"], written["sizes"]) == ("first", [1, 2])
    assert [e["name"] for e in written["traceEvents"]][:2] == ["aten::ones", "aten::sum"]
    with pytest.raises(AssertionError, match="No valid profiler activities"):
        profile(activities=[]).start()
