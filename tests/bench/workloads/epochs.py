"""Epochs of 100-KiB files: cold, warm, hot, by 8 and by 64 readers; and the RAM that a warm one takes twice."""
import os, time

from ground import Raw, epoch, files_below, forget_pages, resident_bytes, write_numbered
from table import interleaved

FILES, BYTES = 2000, 102400
LATENCY, RATE = 20, 500
BURST = RATE  # requests that a store with a rate lets pass at once after a second without any
READERS = (8, 64)
PASSES = 5  # of epochs that take less than a second
WHAT = 'epoch of 100-KiB files, '


def cold(ground, store, readers):
    with ground.annofs(store, '--connections', 64) as mount:
        return epoch(mount.path + '/images', readers)


def measure_cold(ground, table, store):
    raw = Raw(ground, BYTES, *store.downloads('images/'))
    for readers in READERS:
        mine, other = interleaved(ground.rounds, lambda: cold(ground, store, readers), lambda: raw.seconds(readers))
        table.rate(WHAT + 'cold, %d readers' % readers, FILES, 'files', mine, [('raw downloader', other, 0.9)])
    store.admin('settings', latencyMs=LATENCY)
    mine, other = interleaved(ground.rounds, lambda: cold(ground, store, 64), lambda: raw.seconds(64))
    table.rate(WHAT + 'cold, %d ms away, 64 readers' % LATENCY, FILES, 'files', mine, [('raw downloader', other, 0.9)])
    store.admin('settings', rate=RATE)
    mine, = interleaved(ground.rounds, lambda: capped(ground, store))
    table.rate(WHAT + 'cold, %d ms away, at most %d requests/s, 64 readers (the %d that pass at once left out of the share)' % (LATENCY, RATE, BURST), FILES,
               'files', mine, of_cap=((FILES - BURST) / (mine * RATE), 0.95))
    store.admin('settings', rate=0, latencyMs=0)


def capped(ground, store):
    time.sleep(1.1)  # the rate has its burst again
    return cold(ground, store, 64)


def measure_kept(ground, table, store):
    with ground.annofs(store) as mount, ground.null('images,.jpg,%d,%d' % (FILES, BYTES), like=mount) as null:
        mine, zeros, local = [directory + '/images' for directory in (mount.path, null.path, ground.bucket)]
        for directory in (mine, zeros):
            epoch(directory, 8, 'drop')
        store.reset()
        for readers in READERS:
            warm, other = interleaved(2 * ground.rounds, *[lambda d=d: epoch(d, readers, 'drop', PASSES) for d in (mine, zeros)])
            table.rate(WHAT + 'warm, %d readers' % readers, FILES, 'files', warm, [('null daemon', other, 0.8)])
        table.at_most('… GETs meanwhile', '%d', store.gets(), 0)
        for readers in READERS:
            for directory in (mine, zeros, local):
                epoch(directory, readers)
            hot, other, disk = interleaved(2 * ground.rounds, *[lambda d=d: epoch(d, readers, 'keep', PASSES) for d in (mine, zeros, local)])
            table.hot(WHAT + 'hot, %d readers' % readers, FILES, 'files', hot, other, disk)


def measure_memory(ground, table, store):
    """A warm epoch by a daemon that begins with a full cache of which the kernel has nothing."""
    cache = ground.path('cache')
    with ground.annofs(store, cache=cache) as mount:
        epoch(mount.path + '/images', 8, 'drop')
    os.sync()
    blocks = files_below(cache + '/blocks')
    for path in blocks:
        forget_pages(path)
    before = resident_bytes(blocks)
    with ground.annofs(store, cache=cache) as mount:
        images = files_below(mount.path + '/images')
        epoch(mount.path + '/images', 8)
        of_cache, of_files = resident_bytes(blocks), resident_bytes(images)
    data = FILES * BYTES / 100
    table.row('RAM used twice: page cache after a warm epoch, in % of the data', 'files of the mount %.0f %%, cache file %.0f %%' % (of_files / data, of_cache / data),
              'cache file before it: %.0f %%' % (before / data))


def measure(ground, table):
    write_numbered(ground.bucket + '/images', FILES, BYTES)
    with ground.store() as store:
        measure_cold(ground, table, store)
        measure_kept(ground, table, store)
        measure_memory(ground, table, store)
