"""A file of 1 GiB: from front to back cold, warm and hot, and in random pieces of 64 KiB."""
import os, random

from ground import Raw, forget_pages, reads, resident_bytes
from table import interleaved

MIB = 1 << 20
BYTES = 1 << 30
LATENCY, BANDWIDTH = 20, 200_000_000
RANDOM = 2000
WHAT = 'sequential 1 GiB, '


def write_big(path):
    block = random.Random(1).randbytes(MIB - 8)
    with open(path, 'wb') as file:
        for i in range(BYTES // MIB):
            file.write(i.to_bytes(8, 'little') + block)


def through(path, *options):
    return checked(reads('whole', 1, path, *options))['seconds']


def checked(result):
    if result['failed']:
        raise RuntimeError('%d reads failed' % result['failed'])
    return result


def cold(ground, store):
    with ground.annofs(store) as mount:
        return through(mount.path + '/big/000000.bin')


def measure_cold(ground, table, store):
    raw = Raw(ground, BYTES, *store.downloads('big/'))
    for where, settings in (('', {}), (', %d ms away, %d MB/s' % (LATENCY, BANDWIDTH / 1e6), {'latencyMs': LATENCY, 'bandwidth': BANDWIDTH})):
        store.admin('settings', **settings)
        mine, other = interleaved(min(ground.rounds, 3), lambda: cold(ground, store), lambda: raw.seconds(1))
        table.rate(WHAT + 'cold' + where, BYTES / 1e6, 'MB', mine, [('raw downloader, 1 connection', other, 0.9)])
    store.admin('settings', latencyMs=0, bandwidth=0)


def measure_kept(ground, table, store, mount, null):
    mine, zeros, local = [directory + '/big/000000.bin' for directory in (mount.path, null.path, ground.bucket)]
    through(mine, 'drop')
    store.reset()
    warm, other = interleaved(ground.rounds, lambda: through(mine, 'drop'), lambda: through(zeros, 'drop'))
    table.rate(WHAT + 'warm', BYTES / 1e6, 'MB', warm, [('null daemon', other, 0.8)])
    table.at_most('… GETs meanwhile', '%d', store.gets(), 0)
    for path in (mine, zeros, local):
        through(path)
    hot, other, disk = interleaved(ground.rounds, *[lambda p=p: through(p) for p in (mine, zeros, local)])
    table.hot(WHAT + 'hot', BYTES / 1e6, 'MB', hot, other, disk)


def measure_random_cold(ground, table, store, name, *options):
    with ground.annofs(store) as mount:
        path = mount.path + '/big/000000.bin'
        store.reset()
        checked(reads('random', 8, path, 'count=%d' % RANDOM, *options))
        fetched, gets, asked = store.got_bytes(), store.gets(), resident_bytes([path])
    table.at_most('64-KiB random reads, cold, %s: bytes fetched : bytes of FUSE READs' % name, '%.2f', fetched / asked, 2,
                  '%.2f GETs per read; READs : read %.2f' % (gets / RANDOM, asked / (RANDOM << 16)))


def measure_random_warm(table, mount, null):
    """All of the file is in the cache."""
    def rate(directory):
        path = directory + '/big/000000.bin'
        seconds = checked(reads('random', 8, path, 'count=%d' % RANDOM))['seconds']
        forget_pages(path)
        return seconds

    for directory in (mount.path, null.path):
        forget_pages(directory + '/big/000000.bin')
    mine, other = interleaved(5, lambda: rate(mount.path), lambda: rate(null.path))
    table.rate('64-KiB random reads, warm, 8 readers', RANDOM, 'reads', mine, [('null daemon', other, None)])


def measure(ground, table):
    os.makedirs(ground.bucket + '/big')
    write_big(ground.bucket + '/big/000000.bin')
    with ground.store() as store:
        measure_cold(ground, table, store)
        with ground.annofs(store) as mount, ground.null('big,.bin,1,%d' % BYTES, like=mount) as null:
            measure_kept(ground, table, store, mount, null)
            measure_random_warm(table, mount, null)
        measure_random_cold(ground, table, store, 'no advice')
        measure_random_cold(ground, table, store, 'POSIX_FADV_RANDOM', 'advise')
