"""Rows of tests/bench/views that need a mount: the scan of a trainer, and `find`. Each is `measure(bench)`; what a mount is made of is in ground.py."""
import json, os, random, resource, statistics, subprocess, sys, time
from multiprocessing.pool import ThreadPool

import ground, yolo_scan
from workloads import names

HERE = os.path.dirname(os.path.abspath(__file__))
SCANNED, MOST_SECONDS = 100_000, 30
LABEL_BYTES = 608  # 16 boxes
SAMPLE, SAMPLE_BYTES, SAMPLE_BOXES = 2000, 102_400, 4
FOUND, FOUND_BOXES = 1_000_000, 4
FRAMES_OF_DIRECTORY = 1000  # of ingest_data
MEMORY = 256  # MiB, --memory's default
TREES = [('by-frame', 3, 'image, .json and .tsv'), ('yolo', 2, 'images/ and labels/')]
LEAST_OF_NULL, ROUNDS = 0.7, 3
SIZING_SECONDS = 3600  # the first `find` renders every text
SCANS = {'list': 'by train.txt and val.txt', 'glob': 'by glob of images/'}


def verdict(is_met):
    return ': met' if is_met else ': missed'


def scan(tree, *arguments):
    done = subprocess.run([sys.executable, os.path.join(HERE, 'yolo_scan.py'), tree, *arguments], check=True, stdout=subprocess.PIPE, text=True, timeout=ground.LIMIT)
    return json.loads(done.stdout)


def dataset_of(mount):
    views = os.path.join(mount.path, 'views')
    return os.path.join(views, next(name for name in sorted(os.listdir(views)) if name != 'README.txt'))


class Served:
    """A mount of a local directory whose index is in the cache, of which the kernel has no pages and no names."""

    def __init__(self, bench, source, cache):
        os.sync()
        for path in ground.files_below(cache):
            ground.forget_pages(path)
        self.mount = ground.Mount(os.path.join(bench.work, 'mnt'), [ground.program('annofs'), 'mount', source, os.path.join(bench.work, 'mnt'), '--foreground',
                                                                    '--cache', cache, '--memory', '%dM' % MEMORY])

    def __enter__(self):
        return self.mount

    def __exit__(self, *_):
        self.mount.stop()


# The scan of a trainer -----------------------------------------------------------------------------------------------------------------------------------

def steps(got):
    return '; '.join('%s %.1f s' % step for step in got['seconds'].items())


def scan_of_labels(bench, how):
    """First with sizes that nobody has asked for, then by a mount that finds them in the cache."""
    count = max(1, int(SCANNED * min(1, bench.options.scale)))
    source, cache = bench.source(count)
    for state in ('index warm, nothing sized', 'the next mount'):
        with Served(bench, source, cache) as mount:
            got = scan(os.path.join(dataset_of(mount), 'yolo'), how)
        if got['images'] != count:
            raise RuntimeError('%d images of %d' % (got['images'], count))
        seconds = sum(got['seconds'].values())
        bench.row('scan of yolo as Ultralytics makes it %s, labels and sizes: %d images, %d rows, %s' % (SCANS[how], count, got['rows'], state),
                  '%.1f s of the clock (%s)' % (seconds, steps(got)), '≤ %d s' % MOST_SECONDS + verdict(seconds <= MOST_SECONDS))


def scan_of_null(bench):
    """What the kernel and Python take of it: as many label files of that length, by name, from a daemon that does nothing for them."""
    count = max(1, int(SCANNED * min(1, bench.options.scale)))
    with ground.Ground(1) as place:
        made = 'tree,.txt,%d,%d,1' % (count, LABEL_BYTES)
        with place.null(made) as null:  # a listing tells the kernel the names: another mount is read
            paths = [os.path.relpath(path, null.path) for path in ground.files_below(null.path)]
        with place.null(made) as null:
            begin = time.monotonic()
            with ThreadPool(yolo_scan.THREADS) as pool:
                sum(pool.imap(yolo_scan.read_label, (os.path.join(null.path, path) for path in paths)))
            seconds = time.monotonic() - begin
    bench.row('… label files of the null daemon, read by their names as the lists do: %d' % len(paths), '%.1f s of the clock' % seconds, '')


def write_jpegs(directory):
    """Replaces empty files by what begins and ends as a JPEG does."""
    filler = random.Random(1).randbytes(SAMPLE_BYTES - 8)
    for i, path in enumerate(sorted(path for path in ground.files_below(directory) if path.endswith('.jpg'))):
        with open(path, 'wb') as file:
            file.write(b'\xff\xd8' + i.to_bytes(4, 'little') + filler + b'\xff\xd9')


def scan_of_images(bench):
    """Of a bucket: what is asked of the store, for labels alone, for both ends of each image, and again."""
    count = max(10, int(SAMPLE * min(1, bench.options.scale)))
    with ground.Ground(1) as place:
        bench.write_source(place.bucket, count, SAMPLE_BOXES)
        write_jpegs(place.bucket)
        with place.store() as store, place.annofs(store, views=True) as mount:
            tree = os.path.join(dataset_of(mount), 'yolo')
            os.listdir(os.path.join(tree, 'labels'))  # reads the annotations, lists the bucket
            asked = []
            for arguments in (['list'], ['list', 'ends'], ['list', 'ends']):
                store.reset()
                got = scan(tree, *arguments)
                asked.append((store.gets(), store.counters()['requests']['total'], store.got_bytes(), got))
    what = 'scan of yolo over a bucket, %d images of %d bytes: ' % (count, SAMPLE_BYTES)
    bench.row(what + 'requests for labels and sizes', '%d' % asked[0][1], '0' + verdict(asked[0][1] == 0))
    gets, total, size, got = asked[1]
    bench.row('… GETs per image for its first 4 KiB and its last 2 bytes', '%.3f, of %.0f bytes; %d other requests (%s)' % (
        gets / count, size / max(gets, 1), total - gets, steps(got)), '≤ 1; 0' + verdict(gets <= count and total == gets))
    bench.row('… requests of the second scan', '%d' % asked[2][1], '0' + verdict(asked[2][1] == 0))


# find ----------------------------------------------------------------------------------------------------------------------------------------------------

def files_in(tree):
    sizes = subprocess.run(['find', tree, '-type', 'f', '-printf', '%s\n'], check=True, stdout=subprocess.PIPE, timeout=SIZING_SECONDS).stdout
    return sizes.count(b'\n')


def processor_seconds(process):
    """Of a running daemon, and of what this process has waited for."""
    with open('/proc/%d/stat' % process.pid) as file:
        words = file.read().rpartition(')')[2].split()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (int(words[11]) + int(words[12])) / os.sysconf('SC_CLK_TCK') + used.ru_utime + used.ru_stime


def timed_find(mount, tree):
    """Seconds of the clock, and of the processor: the daemon's and find's."""
    before = processor_seconds(mount.process)
    return names.find([tree]), processor_seconds(mount.process) - before


def find(bench, view, families, what):
    """Names and sizes of a view whose sizes are known, beside a daemon that serves as many files in as many directories."""
    count = max(1, int(FOUND * bench.options.scale))
    source, cache = bench.source(count, FOUND_BOXES)
    with Served(bench, source, cache) as mount, ground.MemoryPeak(mount.process.pid) as peak, ground.Ground(1) as place:
        tree = os.path.join(dataset_of(mount), view)
        found = files_in(tree)
        if found < families * count:
            raise RuntimeError('%d files of %d frames' % (found, count))
        directories = max(1, count // FRAMES_OF_DIRECTORY)
        with place.null('tree,.json,%d,600,%d' % (found // directories, directories)) as null:
            rounds = [(timed_find(mount, tree), timed_find(null, null.path + '/tree')) for _ in range(ROUNDS)]
    (mine, own_cpu), (other, null_cpu) = [[statistics.median(column) for column in zip(*times)] for times in zip(*rounds)]
    share = other / mine
    bench.row('find -type f -printf %%s of %s, sized: %d frames, %d files (%s)' % (view, count, found, what),
              '%.0f files/s of the clock; null daemon %.0f files/s; %.0f %%, by time of the processor (%.1f µs a file, null daemon %.1f µs) %.0f %%' % (
                  found / mine, found / other, 100 * share, 1e6 * own_cpu / found, 1e6 * null_cpu / found, 100 * null_cpu / own_cpu),
              '≥ %.0f %%' % (100 * LEAST_OF_NULL) + verdict(share >= LEAST_OF_NULL))
    bench.row('… most RssAnon of the daemon, sizing included', '%.0f MiB' % peak.mib, '≤ %d MiB (--memory)' % MEMORY + verdict(peak.mib <= MEMORY))


def measure(bench):
    for how in SCANS:
        if bench.wants('scan', how):
            bench.try_to('scan of labels by ' + how, scan_of_labels, bench, how)
    if bench.wants('scan', 'null'):
        bench.try_to('scan of the null daemon', scan_of_null, bench)
    if bench.wants('scan', 'requests'):
        bench.try_to('scan of images', scan_of_images, bench)
    for view, families, what in TREES:
        if bench.wants('find', view):
            bench.try_to('find of ' + view, find, bench, view, families, what)
