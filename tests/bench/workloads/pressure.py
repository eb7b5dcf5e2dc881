"""Little memory: a thousand files read at once from a slow store, and a cache many times the size of the control group that the daemon runs in."""
import contextlib, os, random

from ground import MemoryPeak, reads

MIB = 1 << 20
MEMORY = 128  # MiB, --memory
OPEN, OPEN_BYTES = 1000, 512 << 10
LATENCY, BANDWIDTH = 50, 60_000_000
GROUP = MEMORY + 128  # MiB
CACHED = 20 * GROUP  # MiB
CONTROLLER = '/sys/fs/cgroup/memory'


def measure_open_files(ground, table):
    directory = ground.bucket + '/open'
    os.makedirs(directory)
    block = random.Random(1).randbytes(OPEN_BYTES)
    for i in range(OPEN):
        with open('%s/%06d.jpg' % (directory, i), 'wb') as file:
            file.write(i.to_bytes(8, 'little') + block[8:])
    with ground.store() as store, ground.annofs(store, '--memory', '%dM' % MEMORY) as mount:
        os.listdir(mount.path + '/open')
        store.admin('settings', latencyMs=LATENCY, bandwidth=BANDWIDTH)
        with MemoryPeak(mount.process.pid) as peak:
            result = reads('together', OPEN, mount.path + '/open')
    what = '%d files of 512 KiB read at once, %d ms away, %d MB/s, --memory %dM: ' % (OPEN, LATENCY, BANDWIDTH / 1e6, MEMORY)
    table.at_most(what + 'most RssAnon', '%.0f MiB', peak.mib, 1.1 * MEMORY, '%.1f s' % result['seconds'])
    table.at_most('… failed', '%d', result['failed'], 0)
    table.row('… slowest reader : median reader', '%.2f' % (result['slowest'] / result['p50']), '2 if served one after the other, 1 if all at a time')


@contextlib.contextmanager
def memory_group(mib):
    """The directory of a control group with that limit; None where the machine lets none be made."""
    path = '%s/annofs-bench-%d' % (CONTROLLER, os.getpid())
    try:
        os.mkdir(path)
        with open(path + '/memory.limit_in_bytes', 'w') as file:
            file.write(str(mib * MIB))
    except OSError:
        yield None
        return
    try:
        yield path
    finally:
        os.rmdir(path)


def number_of(path):
    with open(path) as file:
        return int(file.read())


def killed_in(group):
    with open(group + '/memory.oom_control') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('oom_kill '))


def write_linked(directory, count):
    """Objects of 1 MiB that take the disk's room of a few."""
    os.makedirs(directory)
    for i in range(count):
        path = '%s/%06d.jpg' % (directory, i)
        if i >= 8:
            os.link('%s/%06d.jpg' % (directory, i % 8), path)
            continue
        with open(path, 'wb') as file:
            file.write(random.Random(i).randbytes(MIB))


def measure_group(ground, table, group):
    write_linked(ground.bucket + '/group', CACHED)
    what = 'cache of %d MiB in a control group of %d MiB, --memory %dM, 64 readers of 1-MiB files, ' % (CACHED, GROUP, MEMORY)
    inside = ['/bin/sh', '-c', 'echo $$ >"$0" && exec "$@"', group + '/cgroup.procs']
    with ground.store() as store, ground.annofs(store, '--memory', '%dM' % MEMORY, prefix=inside) as mount:
        for name in ('cold', 'warm'):
            store.reset()
            result = reads('whole', 64, mount.path + '/group', 'drop')
            table.rate(what + name, result['bytes'] / 1e6, 'MB', result['seconds'])
            table.at_most('… failed', '%d', result['failed'], 0)
            table.at_most('… GETs per object', '%.3f', store.gets() / CACHED, 1 if name == 'cold' else 0)
        table.at_most('… ended by the kernel for want of memory', '%d', killed_in(group), 0,
                      'group at most %d MiB' % (number_of(group + '/memory.max_usage_in_bytes') / MIB))


def measure(ground, table):
    measure_open_files(ground, table)
    with memory_group(GROUP) as group:
        if group is None:
            table.row('cache of %d MiB in a control group of %d MiB' % (CACHED, GROUP), 'left out: no memory group can be made here')
        else:
            measure_group(ground, table, group)
