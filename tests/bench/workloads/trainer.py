"""The start of a trainer, which looks at both ends of every image; and a store that stalls now and then."""
import os

from ground import GET, Raw, reads, write_numbered
from table import interleaved

IMAGES, BYTES, THREADS = 2000, 102400, 16
LATENCY = 20
STALL_SECONDS, STALLED = 30, 0.01
EXTRA = 0.02  # second requests per image, at most


def start(ground, store, counts):
    with ground.annofs(store) as mount:
        os.listdir(mount.path + '/images')
        store.reset()
        result = reads('ends', THREADS, mount.path + '/images')
        requests = store.counters()['requests']
        counts.append((result['failed'], requests.get(GET, 0) / IMAGES, requests['total'] - requests.get(GET, 0)))
        return result['seconds']


def measure_start(ground, table, store):
    raw, counts = Raw(ground, BYTES, *store.downloads('images/')), []
    mine, other = interleaved(ground.rounds, lambda: start(ground, store, counts), lambda: raw.seconds(THREADS))
    what = 'start of a trainer (%d images: 4-KiB head, 2-byte tail, absent .npy; %d threads, %d ms away), ' % (IMAGES, THREADS, LATENCY)
    table.at_most(what + 'time : raw downloader', '%.2f', mine / other, 1.3, 'raw downloader, whole objects: %.2f s' % other)
    failed, gets, rest = [max(column) for column in zip(*counts)]
    table.at_most('… GETs per image, at most in a round', '%.3f', gets, 1, '%d reads failed' % failed)
    table.at_most('… other requests, for absent names too', '%d', rest, 0)


def measure_stalls(ground, table, store):
    with ground.annofs(store) as mount:
        os.listdir(mount.path + '/images')
        store.admin('faults', op=GET, delayMs=STALL_SECONDS * 1000, probability=STALLED, count=-1, seed=1)
        store.reset()
        result = reads('whole', THREADS, mount.path + '/images')
        extra = store.gets() / IMAGES - 1
    p50, p99 = 1000 * result['p50'], 1000 * result['p99']
    what = '%g %% of GETs stalled %d s (%d images, %d threads, %d ms away), ' % (100 * STALLED, STALL_SECONDS, IMAGES, THREADS, LATENCY)
    most = 2 * p50 + 50
    table.at_most(what + 'p99 of image reads', '%.0f ms', p99, most, 'p50 %.1f ms, slowest %.0f ms, %d failed' % (p50, 1000 * result['slowest'], result['failed']))
    table.at_most('… extra requests', '%.1f %%', 100 * extra, 100 * EXTRA)


def measure(ground, table):
    write_numbered(ground.bucket + '/images', IMAGES, BYTES)
    with ground.store() as store:
        store.admin('settings', latencyMs=LATENCY)
        measure_start(ground, table, store)
        measure_stalls(ground, table, store)
