"""Names: `ls -l` of a large directory, and find over a million files of an index."""
import glob, os, subprocess

from ground import Mount, LIMIT, output, program, timed
from table import interleaved

LISTED = 50_000
FOUND, DIRECTORIES = 1_000_000, 10_000


def measure_ls(ground, table):
    os.makedirs(ground.bucket + '/names')
    for i in range(LISTED):
        open('%s/names/%06d.txt' % (ground.bucket, i), 'w').close()
    what = '`ls -l` of %d names, ' % LISTED
    with ground.store() as store, ground.annofs(store) as mount, ground.null('names,.txt,%d,0' % LISTED, like=mount) as null:
        directories = [directory + '/names' for directory in (mount.path, null.path, ground.bucket)]
        table.rate(what + 'cold', LISTED, 'names', timed('ls', '-l', directories[0]))
        interleaved(1, *[lambda d=d: timed('ls', '-l', d) for d in directories[1:]])
        mine, other, local = interleaved(ground.rounds, *[lambda d=d: timed('ls', '-l', d) for d in directories])
        table.rate(what + 'again', LISTED, 'names', mine, [('null daemon', other, None), ('local files', local, None)])


def forget_names():
    with open('/proc/sys/vm/drop_caches', 'w') as file:
        file.write('2\n')


def find(trees):
    forget_names()
    return timed('find', *trees, '-type', 'f', '-printf', '%s')


def check_found(trees):
    sizes = subprocess.run(['find', *trees, '-type', 'f', '-printf', '%s\n'], check=True, stdout=subprocess.PIPE, timeout=LIMIT).stdout
    if sizes.count(b'\n') != FOUND:
        raise RuntimeError('find saw %d files of %d' % (sizes.count(b'\n'), FOUND))


def measure_find(ground, table):
    """A store in the same process makes up the names."""
    shape, cache, path = '%d:%d' % (FOUND, DIRECTORIES), ground.path('cache'), ground.path('mnt')
    output('catalog_bench', 'index', cache, shape)
    mount = Mount(path, [program('catalog_bench'), 'mount', cache, shape, path])
    try:
        with ground.null('tree,.jpg,%d,200000,%d' % (FOUND // DIRECTORIES, DIRECTORIES)) as null:
            trees = [glob.glob(path + '/batch_*'), [null.path + '/tree']]
            for tree in trees:
                check_found(tree)
            mine, other = interleaved(min(ground.rounds, 2), *[lambda t=tree: find(t) for tree in trees])
            table.rate("`find -type f -printf '%%s'` over %d files of an index, warm" % FOUND, FOUND, 'files', mine, [('null daemon', other, None)])
    finally:
        mount.stop()


def measure(ground, table):
    measure_ls(ground, table)
    measure_find(ground, table)
