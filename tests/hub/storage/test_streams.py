"""What is written in one thread and read in another: errors of either side come to the other."""

import pytest

from hub.storage.streams import Interrupted, fed, produced

MUCH = b"x" * 5_000_000


def test_all_that_is_written_is_read():
    got = []
    with fed(lambda source: got.append(source.read())) as sink:
        for start in range(0, len(MUCH), 999_999):
            sink.write(MUCH[start:start + 999_999])
    assert got == [MUCH]
    with produced(lambda sink: sink.write(MUCH)) as source:
        assert source.read(10) + source.read() == MUCH


def test_who_reads_never_takes_a_part_for_the_whole():
    met = []

    def consume(source):
        try:
            while source.read(1000):
                pass
            met.append("the end")
        except Interrupted:
            met.append("interrupted")

    with pytest.raises(KeyError), fed(consume) as sink:
        sink.write(MUCH)
        raise KeyError
    assert met == ["interrupted"]


def test_the_error_of_who_reads_is_raised_where_it_is_written():
    def consume(source):
        source.read(1000)
        raise PermissionError("no room")

    with pytest.raises(PermissionError, match="no room"), fed(consume) as sink:
        for _time in range(50):
            sink.write(MUCH)


def test_the_error_of_who_writes_is_raised_where_it_is_read():
    def produce(sink):
        sink.write(MUCH)
        raise ValueError("damaged")

    with produced(produce) as source, pytest.raises(ValueError, match="damaged"):
        while source.read(100_000):
            pass


def test_who_stops_reading_stops_who_writes():
    ended = []

    def produce(sink):
        try:
            while True:
                sink.write(MUCH)
        finally:
            ended.append(True)

    with produced(produce) as source:
        source.read(10)
    assert ended
